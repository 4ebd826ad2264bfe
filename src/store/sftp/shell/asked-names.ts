/** How files are named to a program there, and how it names them in its answers. */
import { join } from '../../../work/posix/path.ts';
import type { Entry } from '../../entry.ts';

const nul = Buffer.alloc(1);
const here = Buffer.from('.');

/** From the place on, so that none begins like an option. */
export function keyOf({ path }: Pick<Entry, 'path'>): string {
  return Buffer.from(join(here, path)).toString('latin1');
}

/** Each ended by NUL. */
export function namesOf(group: readonly Pick<Entry, 'path'>[]): Buffer {
  return Buffer.concat(group.flatMap((file) => [Buffer.from(keyOf(file), 'latin1'), nul]));
}
