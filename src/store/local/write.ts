/**
 * Writes one file of a local store: the data goes into a partial name, then the metadata, then all of it to the
 * disk; then it gets its name, and that goes to the disk too.
 */
import * as fs from 'node:fs';
import { TransferError } from '../../errors.ts';
import { show } from '../../report/show.ts';
import * as c from '../../work/posix/constants.ts';
import { ftruncate } from '../../work/posix/libc.ts';
import { syncFile, writeAllAt } from '../../work/posix/offthread.ts';
import { Stat } from '../../work/posix/stat.ts';
import { userUmask } from '../../work/umask.ts';
import type { RelativePath } from '../path.ts';
import type { Body, FileEntry, Range, Unkept, WriteHow } from '../store.ts';
import { fileEntry } from './entry.ts';
import { give } from './give.ts';
import { hold } from './held.ts';
import { create, Partial } from './partial.ts';
import type { Root } from './root.ts';

const mostAtOnce = 64 * 1024;

type Written = { readonly entry: FileEntry; readonly unkept: Unkept };

/** Throws where an answer of the system is an error. */
type Check = (answer: number) => number;

const stat = new Stat();

export async function writeFile(
  root: Root,
  path: RelativePath,
  body: Body,
  { metadata, replaces, partial, durable }: WriteHow,
  signal: AbortSignal,
): Promise<Written> {
  const check: Check = (answer) => {
    if (answer < 0) throw root.trouble(path, answer, 'write');
    return answer;
  };
  using held = hold(root, path, c.O_RDONLY, 'write');
  using file = new Partial(check(create(held, partial)), held, partial);
  const isWhole = await fill(file.fd, body, check, signal);
  if (!isWhole) throw notWhole(root.whole(path), body);
  const unkept = give(file.fd, { ...metadata, mode: metadata.mode ?? 0o666 & ~userUmask() });
  if (durable) check(await syncFile(file.fd));
  check(file.become(replaces));
  if (durable) check(await syncFile(held.fd));
  stat.of(file.fd);
  return { entry: fileEntry(path, stat), unkept };
}

/** Answers whether the body was as long as it said. */
async function fill(fd: number, body: Body, check: Check, signal: AbortSignal): Promise<boolean> {
  const { held, size } = body;
  if (held && size <= mostAtOnce) return held.length === size && writeNow(fd, held, check);
  const ranges = body.data?.(signal) ?? [{ offset: 0, length: body.size }];
  for await (const range of ranges) {
    if (!(await fillRange(fd, body, range, check, signal))) return false;
  }
  check(ftruncate(fd, body.size)); // for a hole at the end
  return true;
}

/** What costs less to write than to hand to another thread. */
function writeNow(fd: number, bytes: Uint8Array, check: Check): boolean {
  for (let done = 0; done < bytes.length; ) done += check(writeOf(fd, bytes, done));
  return true;
}

function writeOf(fd: number, bytes: Uint8Array, done: number): number {
  try {
    return fs.writeSync(fd, bytes, done, bytes.length - done, done);
  } catch (error) {
    return (error as { errno: number }).errno;
  }
}

/** Answers whether the body gave exactly these bytes. */
export async function fillRange(
  fd: number,
  body: Body,
  range: Range,
  check: Check,
  signal: AbortSignal,
): Promise<boolean> {
  const end = range.offset + range.length;
  let at = range.offset;
  for await (const chunk of body.open(range, signal)) {
    signal.throwIfAborted();
    if (at + chunk.length > end) return false;
    check(await writeAllAt(fd, chunk, at));
    at += chunk.length;
  }
  return at === end;
}

export function notWhole(path: Uint8Array, { size }: Body): TransferError {
  return new TransferError(
    'corrupt',
    `cannot write ${show(path)}: its source did not give its ${size} bytes`,
  );
}
