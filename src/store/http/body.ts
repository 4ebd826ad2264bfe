/** The bytes of a file on the web, as long as it stays what it was. */

import type { Body, Range } from '../body.ts';
import type { FileEntry } from '../entry.ts';
import { digesting } from './digest.ts';
import { mustBePlain } from './entry.ts';
import { breakage, changed, refusal, trouble } from './fault.ts';
import type { Flow } from './flow.ts';
import { lookAt, type Place } from './look.ts';
import { isSame, lengthOf, type State, stateIn, stateOf, strongTag } from './state.ts';

export function bodyOf(place: Place, file: FileEntry): Body {
  const kept = place.spool?.get(place.site.urlOf(file.path).href);
  if (kept && kept.print === file.print) return kept.body;
  const state = stateIn(file.print, file.size);
  return {
    size: file.size,
    open: (range, signal) => bytes(place, file, { range, state }, signal),
  };
}

async function mustBeStill(place: Place, file: FileEntry, signal: AbortSignal): Promise<void> {
  const what = place.site.show(file.path);
  const now = await lookAt(place, file.path, signal);
  if (!now) throw trouble('read', what, 'missing', 'it is not there any more');
  if (now.kind !== 'file' || now.size !== file.size || now.print !== file.print) throw changed(what);
}

type Wanted = { readonly range: Range; readonly state: State };

/** Where one connection is behind all others, the rest comes on another. */
async function* bytes(place: Place, file: FileEntry, { range, state }: Wanted, signal: AbortSignal) {
  if (range.length === 0) return mustBeStill(place, file, signal);
  const end = range.offset + range.length;
  let at = range.offset;
  do {
    for await (const piece of onOne(
      place,
      file,
      { range: { offset: at, length: end - at }, state },
      signal,
    )) {
      at += piece.length;
      yield piece;
    }
  } while (at < end);
}

/** Ends before its end where the rest is better asked for anew. */
async function* onOne(place: Place, file: FileEntry, wanted: Wanted, signal: AbortSignal) {
  const { offset, length } = wanted.range;
  const what = place.site.show(file.path);
  const answer = await begin(place, file, wanted, signal);
  const check = length === file.size ? digesting(answer.headers, what) : undefined;
  let skip = answer.status === 200 ? offset : 0;
  let left = length;
  using watch = place.stragglers.watch(answer, () => (answer.status === 206 ? left : 0));
  try {
    for await (const chunk of watch.pieces) {
      if (answer.status === 200 && offset + length === file.size && chunk.length > skip + left)
        throw changed(what); // its length was told before, and not with these bytes
      const piece = chunk.subarray(skip, skip + left);
      skip = Math.max(0, skip - chunk.length);
      if (piece.length === 0) continue;
      left -= piece.length;
      check?.add(piece);
      yield piece;
      if (left === 0 && answer.status === 200 && offset + length < file.size) break;
    }
  } catch (error) {
    if (watch.isLeft) return;
    signal.throwIfAborted();
    throw breakage(error, what, 'read');
  }
  if (left > 0 && !watch.isLeft) throw trouble('read', what, 'transient', 'it broke off');
  check?.end();
}

/** An answer about these very bytes: others are not even begun to be read. */
async function begin(
  { wire, site }: Place,
  file: FileEntry,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Flow> {
  const what = site.show(file.path);
  const url = site.urlOf(file.path);
  const headers = { ...rangeOf(file, wanted.range), ...onlyIf(wanted.state) };
  const answer = await wire.read(
    { method: 'GET', url, headers, what, doing: 'read', purpose: 'read' },
    signal,
  );
  try {
    mustBeBytes(answer, url, what);
    mustBeIt(answer, file, wanted, what);
  } catch (error) {
    answer.leave();
    throw error;
  }
  return answer;
}

function mustBeBytes(answer: Flow, url: URL, what: string): void {
  if (answer.status !== 200 && answer.status !== 206) throw refusal(answer, what, 'read');
  mustBePlain(answer.headers, url, { what, doing: 'read' });
}

function mustBeIt(answer: Flow, file: FileEntry, { range, state }: Wanted, what: string): void {
  const { status, headers } = answer;
  const [, part, total] = /^(bytes \d+-\d+)\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  const isPart = part === `bytes ${range.offset}-${range.offset + range.length - 1}`;
  if (status === 206 && !(isPart && (total === '*' || total === String(file.size)))) throw changed(what);
  if (status === 206 && !same(lengthOf(headers), range.length)) throw changed(what);
  const now = stateOf(headers, status === 206 ? file.size : undefined);
  if (!isSame(now, state)) throw changed(what);
  const isTold = now.tag !== undefined || now.modified !== undefined;
  if (!isTold && (status === 206 || range.offset > 0)) throw changed(what); // for all that anybody can say
}

function same(told: number | undefined, wanted: number): boolean {
  return told === undefined || told === wanted;
}

/** A file that is there only from its first byte on is read over what is not wanted. */
function rangeOf({ size, inOrder }: FileEntry, { offset, length }: Range): Record<string, string> {
  return inOrder || length === size ? {} : { range: `bytes=${offset}-${offset + length - 1}` };
}

/** A weak tag never matches. */
function onlyIf(state: State): Record<string, string> {
  const tag = strongTag(state);
  if (tag !== undefined) return { 'if-match': tag };
  return state.modified === undefined ? {} : { 'if-unmodified-since': state.modified };
}
