/**
 * Writes one file of a local store: the data goes into a partial name, then the metadata, then all of it to the
 * disk; then it gets its name, and that goes to the disk too.
 */
import { TransferError } from '../../errors.ts';
import { show } from '../../report/show.ts';
import { giveBack } from '../../work/chunks.ts';
import * as c from '../../work/posix/constants.ts';
import { ftruncate } from '../../work/posix/libc.ts';
import { syncFile } from '../../work/posix/offthread.ts';
import { writePromptly } from '../../work/posix/prompt.ts';
import { Stat } from '../../work/posix/stat.ts';
import { userUmask } from '../../work/umask.ts';
import type { Body, Range } from '../body.ts';
import type { FileEntry, Unkept } from '../entry.ts';
import type { RelativePath } from '../path.ts';
import type { WriteHow } from '../store.ts';
import { fileEntry } from './entry.ts';
import { give } from './give.ts';
import { hold } from './held.ts';
import { create, Partial } from './partial.ts';
import type { Root } from './root.ts';
import { isHole } from './zeros.ts';

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
  if (held) {
    if (held.length === size) check(await writePromptly(fd, held, 0));
    return held.length === size;
  }
  const ranges = body.data?.(signal) ?? [{ offset: 0, length: body.size }];
  for await (const range of ranges) {
    if (!(await fillRange(fd, body, range, check, signal))) return false;
  }
  check(ftruncate(fd, body.size)); // for a hole at the end
  return true;
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
    if (body.data || !isHole(fd, chunk, at)) check(await writePromptly(fd, chunk, at));
    at += chunk.length;
    giveBack(chunk);
  }
  return at === end;
}

export function notWhole(path: Uint8Array, { size }: Body): TransferError {
  return new TransferError(
    'corrupt',
    `cannot write ${show(path)}: its source did not give its ${size} bytes`,
  );
}
