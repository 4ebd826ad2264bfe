import { findInPath, isProgram } from '../surroundings/path.ts';
import { ask } from './ask.ts';
import { type Verdict, verdictsOn } from './safety.ts';

export type Tool = {
  readonly name: string;
  readonly path: string | undefined; // undefined: not found
  readonly version: string | undefined; // undefined: neither it nor its package said
  /** The distribution's package: its version tells of patches that the tool's own does not. */
  readonly package: string | undefined;
  readonly verdicts: readonly Verdict[];
};

type Known = {
  readonly words: readonly string[];
  readonly version: RegExp;
  readonly package: string;
};

const known: Readonly<Record<string, Known>> = {
  rsync: { words: ['--version'], version: /version v?(\d+(?:\.\d+)+)/, package: 'rsync' },
  rclone: { words: ['version'], version: /rclone v(\d+(?:\.\d+)+)/, package: 'rclone' },
  ssh: { words: ['-V'], version: /OpenSSH_(\d+(?:\.\d+)+)/, package: 'openssh-client' },
  tar: { words: ['--version'], version: /(\d+(?:\.\d+)+)/, package: 'tar' },
  zstd: { words: ['--version'], version: /v(\d+(?:\.\d+)+)/, package: 'zstd' },
};

/** The tools other strategies use, each asked for its version at the same time. */
export function findTools(): Promise<Tool[]> {
  return Promise.all(Object.entries(known).map(([name, tool]) => findTool(name, tool)));
}

async function findTool(name: string, { words, version, package: packaged }: Known): Promise<Tool> {
  const path = findInPath(name);
  if (path === undefined) return { name, path, version: undefined, package: undefined, verdicts: [] };
  const [said, installed] = await Promise.all([ask(path, words), packageVersion(packaged, path)]);
  const told = said === undefined ? undefined : version.exec(said)?.[1];
  const found = told ?? upstreamOf(installed);
  return { name, path, version: found, package: installed, verdicts: verdictsOn(name, found) };
}

/** Of `1:9.2p1-2+deb12u7` the 9.2. ssh says its own to nobody whom the system does not know by name. */
function upstreamOf(installed: string | undefined): string | undefined {
  return /^(?:\d+:)?(\d+(?:\.\d+)+)/.exec(installed ?? '')?.[1];
}

/** As Debian's package manager knows it, for a tool that came with the system. */
async function packageVersion(name: string, path: string): Promise<string | undefined> {
  const dpkg = '/usr/bin/dpkg-query';
  if (!/^(\/usr)?\/bin\//.test(path) || !isProgram(dpkg)) return undefined;
  const said = await ask(dpkg, ['-W', '-f', '$' + '{db:Status-Abbrev}$' + '{Version}', name]);
  return /^ii\s+(\S+)$/.exec(said ?? '')?.[1];
}
