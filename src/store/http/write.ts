/**
 * Writes one file by PUT. The server is asked whether it will take it before a byte is sent, told what may be replaced,
 * and looked at before and after, since many heed neither.
 */

import { once } from 'node:events';
import type http from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isKind, TransferError } from '../../errors.ts';
import { heardLater } from '../../work/heard-later.ts';
import type { Body } from '../body.ts';
import type { Entry, FileEntry, Metadata, Unkept, Written } from '../entry.ts';
import type { RelativePath } from '../path.ts';
import type { WriteHow } from '../store.ts';
import { breakage, refusal, trouble } from './fault.ts';
import { type Habits, lookAt, type Place } from './look.ts';
import { makeAbove } from './make.ts';
import { stateIn, strongTag } from './state.ts';
import { type Answer, type Ask, drop } from './wire.ts';

export async function writeFile(
  place: Place,
  path: RelativePath,
  body: Body,
  how: Pick<WriteHow, 'metadata' | 'replaces'>,
  signal: AbortSignal,
): Promise<Written> {
  const what = place.site.show(path);
  const there = await lookAt(place, path, signal);
  if (!isIt(there, how.replaces)) throw taken(what);
  const headers = {
    'content-length': String(body.size),
    expect: '100-continue',
    ...onlyOver(how.replaces),
    ...timeOf(how.metadata),
  };
  const url = place.site.urlOf(path);
  await send(place, { method: 'PUT', url, headers, what, doing: 'write', purpose: 'write' }, body, signal);
  const entry = await lookAt(place, path, signal);
  if (entry?.kind !== 'file' || entry.size !== body.size)
    throw trouble('write', what, 'corrupt', 'the server said that it has it, and has not');
  return { entry, unkept: unkeptOf(how.metadata, entry) };
}

function isIt(there: Entry | undefined, wanted: Entry | undefined): boolean {
  if (!there || !wanted) return there === wanted;
  return there.kind === wanted.kind && there.print === wanted.print;
}

function taken(what: string): TransferError {
  const hint = 'move what is in the way, or choose another destination';
  return trouble('write', what, 'conflict', 'something else has the name', hint);
}

function onlyOver(replaces: Entry | undefined): Record<string, string> {
  if (!replaces) return { 'if-none-match': '*' };
  const tag = strongTag(stateIn(replaces.print, 0));
  return tag === undefined ? {} : { 'if-match': tag };
}

const second = 1_000_000_000n;

/** Some servers give a file the time that the request is of, and some the one that sync clients name. */
function timeOf({ mtimeNs }: Metadata): Record<string, string> {
  if (mtimeNs === undefined || mtimeNs < 0n || mtimeNs > 253_402_300_799n * second) return {};
  const seconds = mtimeNs / second;
  return { date: new Date(Number(seconds) * 1000).toUTCString(), 'x-oc-mtime': String(seconds) };
}

/** What was to be kept, and is not. */
export function unkeptOf({ mode, owner, mtimeNs }: Metadata, { mtimeNs: is }: FileEntry): Unkept {
  const isOther = mtimeNs !== undefined && mtimeNs !== is;
  return [
    ...(mode === undefined ? [] : (['mode'] as const)),
    ...(owner === undefined ? [] : (['owner'] as const)),
    ...(isOther ? (['mtimeNs'] as const) : []),
  ];
}

const kept = [200, 201, 204];
/** As servers say it where the directory is not there: WebDAV's own, and what some make of it. */
const directoryMissing = [409, 404, 500];

async function send(place: Place, ask: Ask, body: Body, signal: AbortSignal): Promise<void> {
  let answer = await put(place, ask, body, signal);
  if (directoryMissing.includes(answer.status) && (await makeAbove(place.wire, ask, signal)))
    answer = await put(place, ask, body, signal);
  mustBeKept(answer, ask.what);
}

/** Throws what is wrong where the server did not take it. */
export function mustBeKept(answer: Answer, what: string): void {
  if (kept.includes(answer.status)) return;
  if (answer.status === 409) throw noDirectory(what);
  throw asWrite(refusal(answer, what, 'write'), what);
}

function noDirectory(what: string): TransferError {
  const hint = 'make it there, or name one that is there';
  return trouble(
    'write',
    what,
    'missing',
    'the server has no such directory and makes none (HTTP 409)',
    hint,
  );
}

/** Some servers and proxies between know nothing of a request that asks before it sends: they are sent it at once. */
export async function put(place: Place, ask: Ask, body: Body, signal: AbortSignal): Promise<Answer> {
  const { habits } = place;
  if (!habits.refusesExpect) {
    const answer = await putOnce(place, ask, body, signal);
    if (answer.status !== 417) return answer;
    habits.refusesExpect = true;
  }
  const { expect: _, ...headers } = ask.headers;
  return putOnce(place, { ...ask, headers }, body, signal);
}

async function putOnce({ wire, habits }: Place, ask: Ask, body: Body, signal: AbortSignal): Promise<Answer> {
  const request = wire.open(ask, signal);
  const answering = heardLater(once(request, 'response').then(([message]) => wire.answerOf(message, ask)));
  try {
    const early = ask.headers.expect === undefined ? undefined : await allowed(request, answering, habits);
    const answer = early ?? (await sendAll(request, answering, exactly(body, ask.what, signal)));
    if (early) request.destroy(); // its body will not come
    drop(answer);
    return answer;
  } catch (error) {
    request.destroy();
    signal.throwIfAborted();
    throw breakage(error, ask.what, 'write');
  }
}

/** What was to be replaced, or must not be there, is not what the server has. */
function asWrite(error: TransferError, what: string): TransferError {
  return isKind(error, 'changed') ? taken(what) : error;
}

/** Waits until the server wants the body; one that knows nothing of that is not waited for. Its answer, if it says no. */
async function allowed(
  request: http.ClientRequest,
  answering: Promise<Answer>,
  { wordMs }: Habits,
): Promise<Answer | undefined> {
  const waiting = new AbortController();
  const { signal } = waiting;
  request.flushHeaders();
  try {
    const wanted = once(request, 'continue', { signal }).then(() => undefined);
    return await Promise.race([answering, wanted, sleep(wordMs, undefined, { signal })]);
  } finally {
    waiting.abort();
  }
}

/** The answer wins over what it did to the sending: a server may have heard enough. */
async function sendAll(
  request: http.ClientRequest,
  answering: Promise<Answer>,
  chunks: AsyncIterable<Uint8Array>,
): Promise<Answer> {
  const sending = pipeline(Readable.from(chunks, { objectMode: false }), request);
  void answering.then(
    ({ status }) => status >= 300 && request.destroy(),
    () => undefined,
  );
  const [sent, answer] = await Promise.allSettled([sending, answering]);
  if (sent.status === 'rejected' && sent.reason instanceof TransferError) throw sent.reason;
  if (answer.status === 'fulfilled') return answer.value;
  throw sent.status === 'rejected' ? sent.reason : answer.reason;
}

/** The last of it only when the source has ended well: a server that has all bytes takes them for the file. */
async function* exactly(body: Body, what: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let left = body.size;
  const wrong = () => trouble('write', what, 'corrupt', `its source did not give its ${body.size} bytes`);
  let held: Uint8Array | undefined;
  for await (const chunk of body.open({ offset: 0, length: body.size }, signal)) {
    signal.throwIfAborted();
    left -= chunk.length;
    if (left < 0) throw wrong();
    if (held) yield held;
    held = chunk;
  }
  if (left > 0) throw wrong();
  if (held) yield held;
}
