/** A list of names that another program of the same user can open by a path, while it is not disposed of. On no disk. */
import * as fs from 'node:fs';
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import { Opened } from '../../work/posix/opened.ts';

export type Listing = Disposable & { readonly path: string };

const slot = new Slot();
const name = Buffer.from('names');

/** Throws where there is no memory for it. */
export function createListing(names: readonly string[]): Listing {
  const fd = libc.memfdCreate(slot.put(name), c.MFD_CLOEXEC);
  if (fd < 0) throw new Error(`no memory for a list of names: ${-fd}`);
  using stack = new DisposableStack();
  stack.use(new Opened(fd));
  fs.writeFileSync(fd, names.map((one) => `${one}\n`).join(''));
  const kept = stack.move();
  return { path: `/proc/${process.pid}/fd/${fd}`, [Symbol.dispose]: () => kept.dispose() };
}
