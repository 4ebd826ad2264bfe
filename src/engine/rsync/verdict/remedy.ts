/** What a person may do about what failed: rsync says what could not be done, and no more. */
import type { Kind } from '../../../errors.ts';
import { hintOfCode, hintThere } from '../../../store/local/fault.ts';
import * as c from '../../../work/posix/constants.ts';
import { openat } from '../../../work/posix/libc.ts';
import { Slot } from '../../../work/posix/memory.ts';
import { Opened } from '../../../work/posix/opened.ts';
import type { RsyncSetup } from '../setup.ts';
import { makeRoom } from './verdict.ts';

const slot = new Slot();

const general: Partial<Record<Kind, string>> = { full: makeRoom, readonly: hintOfCode.EROFS! };
const looked: Partial<Record<Kind, string>> = { full: 'ENOSPC', denied: 'EPERM' };

/** Where the destination is here, that is looked at, too: a disk may lack inodes, and a file be immutable. */
export function remedyFor(
  { to }: Pick<RsyncSetup, 'to'>,
  { kind, hint }: { readonly kind: Kind; readonly hint?: string | undefined },
  path: Uint8Array,
): { readonly hint: string | undefined } {
  const code = looked[kind];
  const special = code === undefined || to.kind === 'far' ? undefined : there(to.dir, path, code);
  return { hint: special ?? hint ?? general[kind] };
}

function there(dest: Uint8Array, path: Uint8Array, code: string): string | undefined {
  const fd = openat(c.AT_FDCWD, slot.put(dest), c.O_PATH | c.O_DIRECTORY | c.O_CLOEXEC, 0);
  if (fd < 0) return undefined;
  using opened = new Opened(fd);
  return hintThere(path, code, opened.fd);
}
