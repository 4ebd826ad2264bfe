/** The bytes of a file as it was seen: what came of another state of it shows at the end, and is said. */
import type { IncomingMessage } from 'node:http';
import type { Body, Range } from '../body.ts';
import type { FileEntry } from '../entry.ts';
import { ask, lost } from './call.ts';
import { placeName } from './daemon.ts';
import { faultOf, trouble } from './fault.ts';
import { lookAtFile } from './look.ts';
import { type Reach, remoteOf, shown } from './reach.ts';

export function bodyOf(reach: Reach, file: FileEntry): Body {
  return {
    size: file.size,
    open: (range, signal) => bytesOf(reach, file, range, signal),
  };
}

async function* bytesOf(reach: Reach, file: FileEntry, range: Range, signal: AbortSignal) {
  signal.throwIfAborted();
  if (range.length > 0) yield* transferred(reach, file, range, signal);
  const now = await lookAtFile(reach, file.path, signal);
  if (now?.print === file.print) return;
  if (now) throw changed(reach, file);
  throw trouble('read', shown(reach.name, file.path), 'missing', 'it is not there any more');
}

async function* transferred(
  reach: Reach,
  file: FileEntry,
  range: Range,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const answer = await opened(reach, file, range, signal);
  if (Number(answer.headers['content-length']) !== range.length) throw changed(reach, file);
  try {
    for await (const chunk of answer) yield chunk as Uint8Array;
  } catch (cause) {
    signal.throwIfAborted();
    throw lost(cause);
  }
}

async function opened(
  reach: Reach,
  file: FileEntry,
  { offset, length }: Range,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const remote = remoteOf(reach, file.path, 'read').split('/').map(encodeURIComponent).join('/');
  const isWhole = offset === 0 && length === file.size;
  const headers = isWhole ? {} : { range: `bytes=${offset}-${offset + length - 1}` };
  try {
    const path = `/%5B${encodeURIComponent(placeName)}%5D/${remote}`;
    return await ask(reach.daemon, { method: 'GET', path, headers }, signal);
  } catch (error) {
    throw faultOf(error, 'read', shown(reach.name, file.path));
  }
}

function changed({ name }: Reach, { path }: FileEntry) {
  return trouble('read', shown(name, path), 'changed', 'it changed since it was looked at');
}
