/** The bytes of a body, put where they belong in a file that is open; zeros may become holes. */

import { giveBack } from '../../../work/chunk-memory.ts';
import { ftruncate } from '../../../work/posix/libc.ts';
import { writePromptly } from '../../../work/posix/prompt.ts';
import { type Body, type Range, seeksHoles } from '../../body.ts';
import { isHole } from './zeros.ts';

/** Throws where an answer of the system is an error. */
export type Check = (answer: number) => number;

/** Answers whether the body was as long as it said. */
export async function fill(fd: number, body: Body, check: Check, signal: AbortSignal): Promise<boolean> {
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
  const seeks = seeksHoles(body);
  let at = range.offset;
  for await (const chunk of body.open(range, signal)) {
    signal.throwIfAborted();
    if (at + chunk.length > end) return false;
    if (!seeks || !isHole(fd, chunk, at)) check(await writePromptly(fd, chunk, at));
    at += chunk.length;
    giveBack(chunk);
  }
  return at === end;
}
