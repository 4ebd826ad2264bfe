import { lstatSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { whyNotWritable } from './writable.ts';

export type State = {
  readonly dir: string;
  readonly exists: boolean;
  /** Why runs cannot be remembered here; undefined if they can. */
  readonly problem: string | undefined;
  readonly warning: string | undefined;
  readonly fileSystem: string;
  readonly freeBytes: number;
};

const fileSystems: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  801189825: 'zfs',
  16914836: 'tmpfs',
  2035054128: 'overlay',
  1702057286: 'fuse',
  26985: 'nfs',
  4283649346: 'cifs',
  4266872130: 'smb2',
  40864: 'proc',
  1650812274: 'sysfs',
};

const warnings: Readonly<Record<string, string>> = {
  tmpfs: 'it is in memory: runs are forgotten at the next start',
  nfs: 'a database over a network can be damaged: use a local disk',
  cifs: 'a database over a network can be damaged: use a local disk',
  smb2: 'a database over a network can be damaged: use a local disk',
};

/** Whether runs can be remembered in this directory, or in one that can be made there. Leaves nothing there. */
export function lookAtState(dir: string): State {
  const nearest = nearestThere(dir);
  const { type, bavail, bsize } = statfsSync(nearest);
  const fileSystem = fileSystems[type] ?? `0x${type.toString(16)}`;
  return {
    dir,
    exists: nearest === dir,
    problem: problemOf(nearest, nearest === dir),
    warning: warnings[fileSystem],
    fileSystem,
    freeBytes: bavail * bsize,
  };
}

/** The path, or the first above it that can be seen. */
function nearestThere(path: string): string {
  return path === '/' || canSee(path) ? path : nearestThere(dirname(path));
}

function canSee(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function problemOf(path: string, isStateDir: boolean): string | undefined {
  const stat = isStateDir ? lstatSync(path) : statSync(path);
  if (stat.isSymbolicLink()) return `${path} is a symlink`;
  if (!stat.isDirectory()) return `${path} is not a directory`;
  if (isStateDir && stat.uid !== process.geteuid!()) return `${path} belongs to user ${stat.uid}`;
  const why = whyNotWritable(path);
  return why && `cannot write to ${path}: ${why}`;
}
