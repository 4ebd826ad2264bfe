import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { type Kind, TransferError } from '../../errors.ts';
import { reasonOf } from '../../work/posix/errno.ts';
import { removeFile } from '../../work/remove-file.ts';
import { sqliteCode } from './sqlite.ts';

/**
 * What to throw for an error under the Journal in `dir`: always a TransferError that names this directory and
 * not the destination, 'full' or 'denied' where that is why, and 'corrupt' where the database is to blame.
 */
export function faultIn(dir: string, error: unknown): unknown {
  if (error instanceof SuppressedError) return faultIn(dir, error.suppressed); // what came first
  if (error instanceof TransferError) return error;
  const why = reason(dir, error);
  if (why === undefined) return error;
  return new TransferError(why.kind, `cannot use the Journal in ${dir}: ${why.text}`, {
    cause: error,
    hint: hints[why.kind] ?? 'give another directory with --state-dir',
  });
}

class Damage extends Error {}

/** For a database whose own checks say that it is not what was written. */
export function damaged(why: string): Error {
  return new Damage(why);
}

/**
 * Whether the content of a database is to blame for this error, or the disk below it, but not the room or the
 * rights around it.
 */
export function isDamage(dir: string, error: unknown): boolean {
  if (error instanceof Damage) return true;
  const code = sqliteCode(error);
  if (code === undefined) return false;
  const kind = reason(dir, error)?.kind;
  return kind === 'corrupt' || (kind === 'io' && code.startsWith('SQLITE_IOERR'));
}

/** In words of ours, whatever SQLite calls it. */
export function whyDamaged(error: unknown): string {
  if (error instanceof Damage) return error.message;
  return sqliteCode(error)?.startsWith('SQLITE_IOERR') ? 'the disk could not read it' : notAsWritten;
}

export const notAsWritten = 'its pages are not as they were written';

type Reason = { readonly kind: Kind; readonly text: string };

const hints: Partial<Record<Kind, string>> = {
  full: 'make room there, or give another directory with --state-dir',
  corrupt: 'run it again: the destination is then looked at afresh',
};

const errnos: Readonly<Record<string, Reason>> = {
  ENOSPC: { kind: 'full', text: 'no space left' },
  EDQUOT: { kind: 'full', text: 'disk quota exceeded' },
  EMFILE: { kind: 'io', text: 'too many open files' },
  EACCES: { kind: 'denied', text: 'permission denied' },
  EPERM: { kind: 'denied', text: 'not permitted' },
  EROFS: { kind: 'denied', text: 'the file system is read-only' },
  ENOTDIR: { kind: 'usage', text: 'a part of this path is no directory' },
  EEXIST: { kind: 'usage', text: 'a part of this path is no directory' },
  ELOOP: { kind: 'refused', text: 'it is a symlink' },
};

function reason(dir: string, error: unknown): Reason | undefined {
  if (error instanceof Damage) return { kind: 'corrupt', text: error.message };
  const code = sqliteCode(error);
  if (code === undefined) return ofErrno(error);
  if (code === 'SQLITE_FULL') return errnos.ENOSPC;
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code))
    return { kind: 'io', text: 'another program keeps it locked' };
  if (/^SQLITE_(CONSTRAINT|MISUSE|RANGE|NOMEM|TOOBIG|INTERRUPT)/.test(code)) return undefined;
  const kind = code.startsWith('SQLITE_IOERR') ? 'io' : 'corrupt';
  return whatHinders(dir) ?? { kind, text: whyDamaged(error) };
}

function ofErrno(error: unknown): Reason | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) return undefined;
  return errnos[code] ?? { kind: 'io', text: reasonOf(error) };
}

/** SQLite says only that it could not read or write: tries it, to see why. Undefined if nothing is in the way. */
function whatHinders(dir: string): Reason | undefined {
  const trial = join(dir, `.trial-${randomBytes(6).toString('hex')}`);
  try {
    fs.writeFileSync(trial, randomBytes(64 * 1024), { flag: 'wx', mode: 0o600, flush: true });
    return undefined;
  } catch (error) {
    return ofErrno(error);
  } finally {
    removeFile(trial);
  }
}
