/** The routes of the matrix: where to, and who goes there by hand. */
import { join } from 'node:path';
import { type Bucket, startBucket } from '../bucket.ts';
import { type Host, startHosts } from '../host.ts';
import { startLink } from '../link.ts';
import { versionOf } from '../tools.ts';
import { remove } from '../trees.ts';

export type Way = {
  /** what is put before difpipe */
  readonly env: readonly string[];
  readonly dest: string;
  readonly forced: readonly string[];
  readonly byHand: readonly { readonly name: string; readonly argv: readonly string[] }[];
  /** what hardly anybody types, and is quick */
  readonly beyond: Way['byHand'];
  /** a path of this machine where the copy can be seen */
  readonly seen: string;
  readonly clear: () => void;
};

export type Ends = { readonly work: string; readonly source: string; readonly isUpdate: boolean };
export type Route = Disposable & { readonly wayOf: (ends: Ends) => Way };

const port = 22_407;

export const routes = {
  local: () => ({ wayOf: local, [Symbol.dispose]: () => undefined }),
  loopback: (work: string) => far(work, undefined),
  'ssh-20': (work: string) => far(work, 20),
  'ssh-100': (work: string) => far(work, 100),
  s3: bucket,
} as const satisfies Record<string, (work: string) => Route | undefined>;

export type RouteName = keyof typeof routes;

function local({ work, source, isUpdate }: Ends): Way {
  const dest = join(work, 'copy');
  const parts = `cd ${source} && find . -mindepth 1 -maxdepth 1 -print0 | xargs -0 -P2 -n4 cp -a --parents -t ${dest}`;
  return {
    env: [],
    dest,
    forced: ['parallel', 'rsync'],
    byHand: [
      ...(isUpdate ? [] : [{ name: 'cp -a', argv: ['cp', '-a', source, dest] }]),
      { name: 'rsync -a', argv: ['rsync', '-a', `${source}/`, `${dest}/`] },
      { name: 'rclone', argv: ['rclone', 'copy', source, dest] },
      ...(versionOf('fpart') ? [{ name: 'fpsync', argv: fpsync(work, source, dest) }] : []),
    ],
    beyond: isUpdate ? [] : [{ name: 'cp by xargs', argv: ['bash', '-c', `mkdir ${dest} && ${parts}`] }],
    seen: dest,
    clear: () => remove(dest),
  };
}

/** Two rsyncs, 2,000 files each, as its handbook has it for a machine of two cores. */
function fpsync(work: string, source: string, dest: string): string[] {
  return ['fpsync', '-n', '2', '-f', '2000', '-t', join(work, 'fpsync'), source, dest];
}

function far(work: string, rttMs: number | undefined): Route | undefined {
  const link = rttMs === undefined ? undefined : startLink(work, { rttMs, mbit: 1000, loss: 0 });
  if (rttMs !== undefined && !link) return undefined;
  const at = link && { address: link.farAddress, under: link.far, from: link.near };
  const started = startHosts(work, [port], at);
  if (!started) return undefined;
  return {
    wayOf: (ends) => overSsh(ends, started.hosts[0]!, started.endSessions),
    [Symbol.dispose]: () => {
      started[Symbol.dispose]();
      link?.[Symbol.dispose]();
    },
  };
}

function overSsh(
  { work, source, isUpdate }: Ends,
  { env, under, login, place, ssh }: Host,
  endSessions: () => void,
): Way {
  const dest = join(work, 'copy');
  const tar = `set -o pipefail; tar -C ${source} -c . | ${ssh} ${login} "mkdir -p ${dest} && tar -C ${dest} -xp"`;
  const [, ...flags] = ssh.split(' ');
  const scp = ['scp', ...flags.map((flag) => (flag === '-p' ? '-P' : flag)), '-rpq'];
  return {
    env,
    dest: place(dest),
    forced: ['parallel', 'tar', 'rsync'],
    byHand: [
      { name: 'rsync -a', argv: [...under, 'rsync', '-a', '-e', ssh, `${source}/`, `${login}:${dest}/`] },
      ...(isUpdate
        ? []
        : [
            { name: 'tar to ssh', argv: [...under, 'bash', '-c', tar] },
            { name: 'scp', argv: [...under, ...scp, source, `${login}:${dest}`] },
          ]),
    ],
    beyond: [],
    seen: dest,
    clear: () => {
      endSessions();
      remove(dest);
    },
  };
}

function bucket(work: string): Route | undefined {
  const started = startBucket(work);
  return (
    started && {
      wayOf: ({ source }) => toBucket(source, started, join(work, 'buckets', started.name, 'copy')),
      [Symbol.dispose]: () => started[Symbol.dispose](),
    }
  );
}

function toBucket(source: string, { env, name, clear, rclone }: Bucket, seen: string): Way {
  const copy = [...env, rclone ?? 'rclone', 'copy', source, `b:${name}/copy`];
  return {
    env,
    dest: `s3://${name}/copy`,
    forced: rclone ? ['parallel'] : [],
    byHand: rclone ? [{ name: 'rclone', argv: copy }] : [],
    beyond: [],
    seen,
    clear: () => clear('copy'),
  };
}
