/** The local store's one place that turns an error number into a kind, a sentence and a hint. */
import { type Kind, TransferError } from '../../errors.ts';
import type { Failure } from '../../report/events.ts';
import { show } from '../../report/show.ts';
import { moreOpenFiles } from '../../work/open-files.ts';
import { errnoName } from '../../work/posix/errno.ts';
import { isFixed, isReadOnly, lacksInodes } from './place/hinders.ts';

/** What was being done when it failed; `read` is the source's side, all others the destination's. */
export type Doing = 'read' | 'write' | 'make' | 'replace' | 'set metadata of' | 'look at' | 'link';

const kinds: Record<string, Kind> = {
  ENOENT: 'missing',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'unsupported',
  ENAMETOOLONG: 'unsupported',
  EILSEQ: 'unsupported',
  EINVAL: 'unsupported',
  EOPNOTSUPP: 'unsupported',
  EUNSIZED: 'unsupported',
  ELOOP: 'refused',
  EEXIST: 'conflict',
  ENOTEMPTY: 'conflict',
  ENOTDIR: 'conflict',
  EISDIR: 'conflict',
  ETXTBSY: 'conflict',
  EINTR: 'transient',
  EAGAIN: 'transient',
  ESTALE: 'transient',
  EMFILE: 'transient',
  ENFILE: 'transient',
  ENOMEM: 'transient',
};

/** Of error numbers that ask for more than their kind does. */
export const hintOfCode: Readonly<Record<string, string>> = {
  EROFS: 'it is mounted read-only: mount it for writing, or choose another destination',
  EMFILE: moreOpenFiles,
};

const hints: Partial<Record<Kind, string>> = {
  denied: 'check who owns it, or run as a user who may',
  full: 'make room, then resume',
  conflict: 'move what is in the way, or choose another destination',
  refused: 'a symlink is where a directory should be: remove it if it should not be there',
  missing: 'it may have been removed while the run went on: run again',
  io: 'look at the system log for disk errors',
};

const noInodes = 'all inodes are in use: remove files there, or make room for more of them, then resume';
const fixed =
  'it, or the directory it is in, is immutable or append-only: lsattr shows that, chattr -i -a ends it';

/** The failure of one entry, ready to be reported; `dest` is a descriptor of the destination, where somebody has one. */
export function fault(path: Uint8Array, errno: number, doing: Doing, dest = -1): Failure {
  const { code, text } = errnoName(errno);
  const found = kindOf(code, dest);
  const kind = doing === 'read' && found === 'conflict' ? 'missing' : found;
  const side = doing === 'read' ? '' : ' at the destination';
  const special = doing === 'read' ? undefined : hintThere(path, code, dest);
  return { path, kind, message: `cannot ${doing} it${side}: ${text}`, hint: special ?? hintOf(code, kind) };
}

/** A place may hold another one, which is read-only without it. */
function kindOf(code: string, dest: number): Kind {
  return code === 'EROFS' && dest >= 0 && isReadOnly(dest) ? 'readonly' : (kinds[code] ?? 'io');
}

/** What a person may do about it that only a look at the destination tells, where somebody has it open. */
export function hintThere(path: Uint8Array, code: string, dest: number): string | undefined {
  if (dest < 0) return undefined;
  if (code === 'ENOSPC' && lacksInodes(dest)) return noInodes;
  return code === 'EPERM' && isFixed(dest, path) ? fixed : undefined;
}

/** A place, where somebody has it open, and what it is about in there. */
type There = { readonly dest: number; readonly below: Uint8Array };

const nowhere: There = { dest: -1, below: new Uint8Array(0) };

/** The same of a place that is opened as a Store: `path` is whole, and the error is to be thrown. */
export function trouble(
  path: Uint8Array,
  errno: number,
  doing: Doing | 'list' | 'remove',
  { dest, below }: There = nowhere,
): TransferError {
  const { code, text } = errnoName(errno);
  const kind = kindOf(code, dest);
  const hint = hintThere(below, code, dest) ?? hintOf(code, kind);
  return new TransferError(
    kind,
    `cannot ${doing} ${show(path)}: ${text}`,
    hint === undefined ? {} : { hint },
  );
}

function hintOf(code: string, kind: Kind): string | undefined {
  return hintOfCode[code] ?? hints[kind];
}
