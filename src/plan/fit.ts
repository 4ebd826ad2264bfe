import type { EngineName, PlaceKind } from './plan.ts';
import { endsOf, type Route } from './route.ts';

/** What this build of the program has; the rest of the plan says what would be chosen if it had more. */
export type Build = {
  /** what may be chosen for anybody */
  readonly engines: readonly EngineName[];
  /** what runs for whoever asks for it by name */
  readonly named: readonly EngineName[];
  /** whether parallel speaks S3 itself, so that rclone is not needed for it */
  readonly nativeS3: boolean;
};

export const thisBuild: Build = {
  engines: ['parallel', 'tar', 'proxy', 'rclone'],
  named: ['rsync'],
  nativeS3: true,
};

const words = {
  local: 'this machine',
  ssh: 'SSH hosts',
  s3: 'S3',
  http: 'HTTP',
  cloud: 'cloud places',
} as const;

const reaches: Readonly<Record<EngineName, readonly PlaceKind[]>> = {
  parallel: ['local', 'ssh', 'http'],
  tar: ['local', 'ssh'],
  proxy: ['ssh', 's3', 'http'],
  rsync: ['local', 'ssh'],
  rclone: ['local', 'ssh', 's3', 'http', 'cloud'],
};

/** Why this engine cannot do this route; undefined when it can. */
export function unfit(engine: EngineName, route: Route, { nativeS3 }: Build): string | undefined {
  const [source, dest] = endsOf(route);
  if (engine === 'rclone' && dest === 'http') return 'it writes nothing to HTTP places';
  if (engine === 'rclone' && ![source, dest].some((kind) => kind === 'cloud' || (kind === 's3' && !nativeS3)))
    return 'neither end is a place of rclone, and others keep more';
  if (engine === 'proxy' && (source === 'local' || dest === 'local')) {
    return 'it joins two remote places, and one end is this machine';
  }
  if (engine === 'tar' && source === 'local' && dest === 'local')
    return 'both ends are on this machine, where nothing has to be packed';
  if (engine === 'rsync' && source === 'ssh' && dest === 'ssh')
    return 'it does not copy from one remote place to another';
  const reached = engine === 'parallel' && nativeS3 ? [...reaches.parallel, 's3'] : reaches[engine];
  const beyond = [source, dest].find((kind) => !reached.includes(kind));
  return beyond && `it does not reach ${words[beyond]}`;
}
