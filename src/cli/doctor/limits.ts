import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { type OpenFiles, openFiles } from '../../work/open-files.ts';

export type Limits = {
  readonly openFiles: OpenFiles;
  readonly cores: number;
  /** Cores that the control group allows; undefined where it sets no limit. */
  readonly coresAllowed: number | undefined;
  readonly memoryBytes: number;
  readonly memoryFreeBytes: number;
  readonly memoryAllowedBytes: number | undefined;
};

type Read = (path: string) => string | undefined;

export function readLimits(): Limits {
  const total = totalmem();
  const allowed = process.constrainedMemory();
  return {
    openFiles: openFiles(),
    cores: availableParallelism(),
    coresAllowed: coresAllowed(readIfThere),
    memoryBytes: total,
    memoryFreeBytes: process.availableMemory(),
    memoryAllowedBytes: allowed > 0 && allowed < total ? allowed : undefined,
  };
}

/** The smallest CPU quota of this process's control group and those above it, in cores. */
export function coresAllowed(read: Read): number | undefined {
  const quotas: number[] = [];
  for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
    const [id, controllers = '', path = ''] = line.split(':');
    const old = controllers.split(',').includes('cpu');
    if (id !== '0' && !old) continue;
    for (const group of withParents(path))
      quotas.push(...(old ? oldQuota(group, read) : newQuota(group, read)));
  }
  return quotas.length > 0 ? Math.min(...quotas) : undefined;
}

function newQuota(group: string, read: Read): number[] {
  const [quota, period] = (read(`/sys/fs/cgroup${group}/cpu.max`) ?? '').trim().split(' ').map(Number);
  return ratio(quota, period);
}

function oldQuota(group: string, read: Read): number[] {
  const [quota, period] = ['quota', 'period'].map((what) =>
    Number(read(`/sys/fs/cgroup/cpu${group}/cpu.cfs_${what}_us`)),
  );
  return ratio(quota, period);
}

function ratio(quota: number | undefined, period: number | undefined): number[] {
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? [quota / period] : [];
}

/** `/a/b`, `/a` and the root, which is written ''. */
function withParents(path: string): string[] {
  const names = path.split('/').filter(Boolean);
  return Array.from({ length: names.length + 1 }, (_, i) =>
    names
      .slice(0, i)
      .map((name) => `/${name}`)
      .join(''),
  );
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // this kernel has no such file
  }
}
