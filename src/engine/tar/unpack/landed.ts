/** What was unpacked and waits for its final name. */
import { type Lost, nothing } from '../../../store/local/metadata/metadata.ts';
import { nameFree, nameOver } from '../../../store/local/place/place.ts';
import { type RelativePath, relativePath, splitPath } from '../../../store/path.ts';
import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { Slot } from '../../../work/posix/memory.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { Member } from '../stream/member.ts';
import type { Directories } from './directories.ts';
import { makeNode } from './make-node.ts';
import type { UnpackHow } from './unpacking.ts';

export type Landed = {
  readonly path: RelativePath;
  readonly key: string; // the path, a character for each byte
  readonly member: Member;
  /** what it is called until then; undefined for what is only made when it gets its name */
  readonly partial: Uint8Array | undefined;
  readonly replaces: string | undefined;
  readonly mtimeNs: bigint | undefined;
};

const nameSlot = new Slot();
const partialSlot = new Slot();

/** Gives it its name, and says what was lost on the way, or answers a negative error number. */
export function giveName(
  landed: Landed,
  directories: Directories,
  arrived: ReadonlySet<string>,
  how: UnpackHow,
): Lost | number {
  const { member, replaces } = landed;
  const { dir, name } = splitPath(landed.path);
  const existing = member.kind === 'link' ? openExisting(member, directories, arrived) : undefined;
  if (typeof existing === 'number') return existing;
  const target = directories.open(dir);
  try {
    if (typeof target === 'number') return target;
    const partial = landed.partial ?? how.partialName();
    const lost = landed.partial ? nothing : makeNode(landed, existing, target, partial, how);
    if (typeof lost === 'number') return lost;
    const to = { dir: target.fd, name: nameSlot.put(name) };
    const failed = target.change(() => (replaces ? nameOver(partial, to, replaces) : nameFree(partial, to)));
    if (failed < 0 && !landed.partial) libc.unlinkat(target.fd, partialSlot.put(partial), 0);
    return failed < 0 ? failed : lost;
  } finally {
    if (existing) libc.close(existing.fd);
  }
}

/** Takes away what has no final name. */
export function takeBack({ path, partial }: Landed, directories: Directories): void {
  const target = partial ? directories.open(splitPath(path).dir) : -1;
  if (typeof target !== 'number') target.change(() => libc.unlinkat(target.fd, partialSlot.put(partial!), 0));
}

/** Whether it is a device, and we have no right to make one. */
export function isDeviceDenied({ kind }: Member, errno: number): boolean {
  return errno === -c.EPERM && (kind === 'block' || kind === 'character');
}

/** The directory of the member that a hard link is another name of; only of this batch, and where it arrived. */
function openExisting({ target }: Member, directories: Directories, arrived: ReadonlySet<string>) {
  const isDotted = target[0] === 0x2e && target[1] === 0x2f;
  const path = relativePath(isDotted ? target.subarray(2) : target);
  if (!path || !arrived.has(pathKey(path))) return -c.ENOENT;
  const { dir, name } = splitPath(path);
  const opened = directories.open(dir);
  if (typeof opened === 'number') return opened;
  const fd = libc.openat(opened.fd, dotSlot.put(dot), c.O_PATH | c.O_DIRECTORY | c.O_CLOEXEC, 0);
  return fd < 0 ? fd : { fd, name };
}

const dot = Buffer.from('.');
const dotSlot = new Slot();
