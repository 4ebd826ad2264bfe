/** Whether a copy is what was copied: asked of a program that had no part in it. */
import { spawnSync } from 'node:child_process';
import { Interrupted } from './measure.ts';

const interrupted = 20; // rsync's own code for it

type Depth = 'everything' | 'content';

/** Undefined when it is right, or rsync is not there to say so; else the first things it found. */
export function differences(source: string, dest: string, depth: Depth): string | undefined {
  const compared = depth === 'everything' ? '-naHAXSi' : '-nrci';
  const { stdout, stderr, status, error } = spawnSync(
    'rsync',
    [compared, '--delete', '--checksum', `${source}/`, `${dest}/`],
    { encoding: 'utf8', maxBuffer: 2 ** 30 },
  );
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined;
  if (status === interrupted) throw new Interrupted();
  if (status !== 0) return `the judge failed: ${stderr.trim()}`;
  return stdout === '' ? undefined : stdout.split('\n').slice(0, 3).join('; ');
}
