/** What else a local store makes, changes and takes away. */
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import { Opened } from '../../work/posix/opened.ts';
import { Stat } from '../../work/posix/stat.ts';
import type { Metadata, Special, Unkept } from '../entry.ts';
import { itself, type RelativePath } from '../path.ts';
import { type HeldName, hold, ifThere } from './held-name.ts';
import { give } from './metadata/give.ts';
import { withMode } from './metadata/mode-of-new.ts';
import { deviceNumber } from './place/node.ts';
import type { At } from './place/place.ts';
import type { Root } from './root.ts';

const targetSlot = new Slot();
const stat = new Stat();

export function makeDirectory(root: Root, path: RelativePath, metadata: Metadata): Unkept {
  const make = ({ dir, name }: At) => libc.mkdirat(dir, name, 0o700);
  return made(root, path, make, withMode(metadata, 0o777));
}

export function makeSymlink(root: Root, path: RelativePath, target: Uint8Array, metadata: Metadata): Unkept {
  const make = ({ dir, name }: At) => libc.symlinkat(targetSlot.put(target), dir, name);
  return made(root, path, make, metadata);
}

const types = {
  fifo: c.S_IFIFO,
  socket: c.S_IFSOCK,
  block: c.S_IFBLK,
  character: c.S_IFCHR,
} as const satisfies Record<Special['kind'], number>;

export function makeSpecial(root: Root, path: RelativePath, special: Special, metadata: Metadata): Unkept {
  const device = 'major' in special ? deviceNumber(special.major ?? 0, special.minor ?? 0) : 0;
  const make = ({ dir, name }: At) => libc.mknodat(dir, name, types[special.kind] | 0o600, device);
  return made(root, path, make, withMode(metadata, 0o666));
}

function made(root: Root, path: RelativePath, make: (at: At) => number, metadata: Metadata): Unkept {
  using held = hold(root, path, c.O_PATH, 'make');
  root.checked(path, make(held.at), 'make');
  return dressed(root, path, held, metadata);
}

export function makeLink(root: Root, path: RelativePath, existing: RelativePath): void {
  using from = hold(root, existing, c.O_PATH, 'link');
  using to = hold(root, path, c.O_PATH, 'link');
  const [old, at] = [from.at, to.at];
  root.checked(path, libc.linkat(old.dir, old.name, at.dir, at.name, 0), 'link');
}

export function dress(root: Root, path: RelativePath, metadata: Metadata): Unkept {
  using held = hold(root, path, c.O_PATH, 'set metadata of');
  return dressed(root, path, held, metadata);
}

function dressed(root: Root, path: RelativePath, { at }: HeldName, metadata: Metadata): Unkept {
  const fd = libc.openat(at.dir, at.name, c.O_PATH | c.O_NOFOLLOW | c.O_CLOEXEC, 0);
  using opened = new Opened(root.checked(path, fd, 'set metadata of'));
  stat.of(fd);
  return give(opened.fd, stat.type === c.S_IFLNK ? { ...metadata, mode: undefined } : metadata);
}

export function remove(root: Root, path: RelativePath): boolean {
  const unlink = ({ dir, name }: At) => {
    const failed = libc.unlinkat(dir, name, 0);
    return failed === -c.EISDIR ? libc.unlinkat(dir, name, c.AT_REMOVEDIR) : failed;
  };
  return ifThere(root, path, 'remove', unlink) !== undefined;
}

export async function sync(root: Root): Promise<void> {
  const fd = root.checked(itself, root.directory(itself, c.O_RDONLY), 'write');
  using opened = new Opened(fd);
  root.checked(itself, await libc.syncfs(opened.fd), 'write');
}
