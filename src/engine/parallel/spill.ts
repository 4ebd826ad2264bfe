/**
 * What is in a new directory that could not get its name, put where that name is by now: all that is taken there is
 * a conflict, and said.
 */
import { Target } from '../../store/local/place/target.ts';
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import { join } from '../../work/posix/path.ts';
import { Stat } from '../../work/posix/stat.ts';
import type { Lane } from './lane.ts';

const slot = new Slot();
const asDirectory = c.O_RDONLY | c.O_DIRECTORY | c.O_NOFOLLOW | c.O_CLOEXEC;

/** Moves all that is in `from` to `to`, an open directory or an error number; `path` is for what is said. */
export function spill(lane: Lane, from: Target, to: Target | number, path: Uint8Array): void {
  for (const name of from.names()) {
    const stat = new Stat();
    if (stat.at(from.fd, slot.put(name)) < 0) continue;
    const below = join(path, name);
    if (stat.type === c.S_IFDIR) spillBelow(lane, from, to, { name, stat, path: below });
    else spillOne(lane, from, to, { name, stat, path: below });
  }
}

type Entry = { readonly name: Uint8Array; readonly stat: Stat; readonly path: Uint8Array };

function spillOne(lane: Lane, from: Target, to: Target | number, { name, stat, path }: Entry): void {
  const moved = typeof to === 'number' ? to : to.change(() => link(from, to, name));
  if (moved === 0) return;
  if (stat.type === c.S_IFREG) lane.ledger.undid(stat.size);
  lane.failed(() => path, moved, 'write');
}

function link(from: Target, to: Target, name: Uint8Array): number {
  const at = slot.put(name);
  return libc.linkat(from.fd, at, to.fd, at, 0);
}

function spillBelow(lane: Lane, from: Target, to: Target | number, { name, stat, path }: Entry): void {
  const old = libc.openat(from.fd, slot.put(name), asDirectory, 0);
  if (old < 0) return lane.failed(() => path, old, 'write');
  const inside = new Target(old);
  const made = typeof to === 'number' ? to : makeLike(to, name, stat);
  if (made < 0) lane.failed(() => path, made, 'write');
  const into = made < 0 ? made : new Target(made);
  spill(lane, inside, into, path);
  if (typeof into !== 'number') {
    into.settle({ fd: old }, stat, lane.setup);
    libc.close(made);
  }
  libc.close(old);
}

/** Opens the directory of that name, which may be there already; or a negative error number. */
function makeLike(to: Target, name: Uint8Array, { mode }: Stat): number {
  const made = to.change(() => libc.mkdirat(to.fd, slot.put(name), (mode & 0o777) | 0o700));
  if (made < 0 && made !== -c.EEXIST) return made;
  return libc.openat(to.fd, slot.put(name), asDirectory, 0);
}
