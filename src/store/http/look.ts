/** What has a name on the web: asked without its bytes, and with the first of them where a server answers only so. */
import { percentDecode } from '../../location/percent.ts';
import type { RelativePath } from '../path.ts';
import type { Entry } from '../store.ts';
import { directoryAt, fileEntry } from './entry.ts';
import { refusal } from './fault.ts';
import type { Site } from './site.ts';
import { type Answer, drop, type Wire } from './wire.ts';

export type Place = { readonly wire: Wire; readonly site: Site };

/** Undefined where nothing is there. What is named as a directory is one. */
export async function lookAt(
  place: Place,
  path: RelativePath,
  signal: AbortSignal,
): Promise<Entry | undefined> {
  const { site } = place;
  if (path.length === 0 && site.isDirectory) return directoryAt(path);
  const asked = site.urlOf(path);
  const what = site.show(path);
  const answer = await headers(place, asked, what, signal);
  if (answer.status === 404 || answer.status === 410) return undefined;
  if (isDirectory(asked, answer.url)) return directoryAt(path);
  if (answer.status !== 200) throw refusal(answer, what, 'look at');
  return fileEntry(path, answer, what);
}

/** Some refuse to answer without the bytes, some were told to let only GET through. */
const onlyWithBytes = new Set([400, 403, 405, 501]);

async function headers({ wire }: Place, url: URL, what: string, signal: AbortSignal): Promise<Answer> {
  const ask = { method: 'HEAD', url, what, doing: 'look at', headers: {}, purpose: 'look' } as const;
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

/** It sent us to the same name with a slash, however that is written. */
function isDirectory(asked: URL, answered: URL): boolean {
  const [from, to] = [percentDecode(asked.pathname), percentDecode(answered.pathname)];
  if (!from || !to || answered.origin !== asked.origin) return false;
  return Buffer.concat([from, slash]).equals(to);
}

const slash = Buffer.from('/');
