/**
 * Writes one file of a local store: the data goes into a partial name, then the metadata, then all of it to the
 * disk; then it gets its name, and that goes to the disk too.
 */

import { show } from '../../../report/show.ts';
import { giveBack } from '../../../work/chunk-memory.ts';
import * as c from '../../../work/posix/constants.ts';
import { ftruncate } from '../../../work/posix/libc.ts';
import { syncFile } from '../../../work/posix/offthread.ts';
import { writePromptly } from '../../../work/posix/prompt.ts';
import { Stat } from '../../../work/posix/stat.ts';
import { userUmask } from '../../../work/umask.ts';
import type { Body, Range } from '../../body.ts';
import { notWhole } from '../../body-faults.ts';
import type { FileEntry, Metadata, Unkept } from '../../entry.ts';
import type { RelativePath } from '../../path.ts';
import type { WriteHow } from '../../store.ts';
import { fileEntry } from '../entry.ts';
import { hold } from '../held-name.ts';
import { give } from '../metadata/give.ts';
import type { Root } from '../root.ts';
import { create, Partial } from './partial.ts';
import { isHole } from './zeros.ts';

export type Written = { readonly entry: FileEntry; readonly unkept: Unkept };

/** Throws where an answer of the system is an error. */
type Check = (answer: number) => number;

export async function writeFile(
  root: Root,
  path: RelativePath,
  body: Body,
  how: WriteHow,
  signal: AbortSignal,
): Promise<Written> {
  const stat = new Stat();
  const unkept = await put({ root, path, stat }, body, how, signal);
  return { entry: fileEntry(path, stat), unkept };
}

/** The same; answers what could not be kept, and what was made looks like `stat`. */
export async function put(
  { root, path, stat }: { readonly root: Root; readonly path: RelativePath; readonly stat: Stat },
  body: Body,
  { metadata, replaces, partial, durable }: WriteHow,
  signal: AbortSignal,
): Promise<Unkept> {
  const check: Check = (answer) => {
    if (answer < 0) throw root.trouble(path, answer, 'write');
    return answer;
  };
  using held = hold(root, path, c.O_RDONLY, 'write');
  using file = new Partial(check(create(held, partial)), held, partial);
  const isWhole = await fill(file.fd, body, check, signal);
  if (!isWhole) throw notWhole(show(root.whole(path)), body.size);
  const unkept = give(file.fd, withMode(metadata));
  if (durable) check(await syncFile(file.fd));
  check(file.become(replaces));
  if (durable) check(await syncFile(held.fd));
  stat.of(file.fd);
  return unkept;
}

/** What is given no mode has that of a new file. */
export function withMode(metadata: Metadata): Metadata {
  return metadata.mode === undefined ? { ...metadata, mode: 0o666 & ~userUmask() } : metadata;
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
