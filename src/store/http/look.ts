/**
 * What has a name on the web: asked without its bytes; with the first of them where a server answers only so, and with
 * all of them where it tells their number in no other way.
 */
import type { Entry } from '../entry.ts';
import type { RelativePath } from '../path.ts';
import { isCollection } from './collection.ts';
import { directoryAt, fileEntry, keptEntry, mustBePlain } from './entry.ts';
import { refusal, trouble } from './fault.ts';
import type { Site } from './site.ts';
import { keep, type Spool } from './spool.ts';
import { lengthOf, printOf, stateOf } from './state.ts';
import type { Stragglers } from './stragglers.ts';
import { type Answer, type Ask, drop, type Wire } from './wire.ts';

/** Without a spool nothing is taken to know its length. */
export type Place = {
  readonly wire: Wire;
  readonly site: Site;
  readonly spool: Spool | undefined;
  readonly stragglers: Stragglers;
  readonly habits: Habits;
};

/** What was learnt of the server. */
export type Habits = {
  /** it answers 417 to who asks it before he sends */
  refusesExpect: boolean;
  /** how long its word is waited for that it wants a file; without one it is sent */
  readonly wordMs: number;
};

/** Undefined where nothing is there. What is named as a directory is one. */
export async function lookAt(
  place: Place,
  path: RelativePath,
  signal: AbortSignal,
): Promise<Entry | undefined> {
  const { site, spool } = place;
  if (path.length === 0 && site.isDirectory) return directoryAt(path);
  const url = site.urlOf(path);
  const kept = spool?.get(url.href);
  if (kept) return keptEntry(path, kept);
  const ask = {
    method: 'HEAD',
    url,
    what: site.show(path),
    doing: 'look at',
    headers: {},
    purpose: 'look',
  } as const;
  const answer = await headers(place, ask, signal);
  if (answer.status === 404 || answer.status === 410) return undefined;
  if (answer.isDirectory) return directoryAt(path);
  if (answer.status === 405 && (await isCollection(place.wire, ask, signal))) return directoryAt(path);
  if (answer.status !== 200) throw refusal(answer, ask.what, 'look at');
  mustBePlain(answer.headers, url, { what: ask.what, doing: 'look at' });
  if (isLengthTold(answer.headers)) return fileEntry(path, answer);
  return measured(place, path, ask, signal);
}

/** Who makes a file only when its bytes are asked for may say 0 of it; who would give ranges of it has it. */
function isLengthTold(headers: Answer['headers']): boolean {
  const state = stateOf(headers);
  const isThere = printOf(state) !== undefined && headers['accept-ranges']?.toLowerCase() === 'bytes';
  return state.size !== undefined && (state.size > 0 || isThere);
}

/** Some refuse to answer without the bytes, some were told to let only GET through. */
const onlyWithBytes = new Set([400, 403, 405, 500, 501]);

async function headers({ wire }: Place, ask: Ask, signal: AbortSignal): Promise<Answer> {
  const answer = await wire.ask(ask, signal);
  drop(answer);
  if (!onlyWithBytes.has(answer.status)) return answer;
  const first = await wire.ask({ ...ask, method: 'GET', headers: { range: 'bytes=0-0' } }, signal);
  drop(first);
  return first.status === 206 || first.status === 416 ? wholeOf(first) : first;
}

/** The same answer, as if it were about all of the file. */
function wholeOf(answer: Answer): Answer {
  const total = /^bytes (?:0-0|\*)\/(\d+)$/.exec(answer.headers['content-range'] ?? '')?.[1];
  const headers = { ...answer.headers, 'content-length': total, 'accept-ranges': 'bytes' };
  return { ...answer, status: 200, headers };
}

/** Of a file whose length is told only with its bytes, or not at all. */
async function measured(
  place: Place,
  path: RelativePath,
  ask: Ask,
  signal: AbortSignal,
): Promise<Entry | undefined> {
  const { wire, spool } = place;
  const answer = await wire.ask({ ...ask, method: 'GET', purpose: 'read' }, signal);
  if (answer.status === 200 && lengthOf(answer.headers) === undefined && spool)
    return keptEntry(path, await keep(spool, ask.url, answer, ask.what));
  drop(answer);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw refusal(answer, ask.what, 'look at');
  if (lengthOf(answer.headers) !== undefined) return fileEntry(path, answer);
  throw trouble(
    'look at',
    ask.what,
    'unsupported',
    'the server does not say how long it is',
    'name it alone',
  );
}
