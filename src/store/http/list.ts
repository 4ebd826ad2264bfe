/**
 * What is in a directory that a server shows as a list of links. Names come from the server: what is no name is never
 * used as one. A list says little of its files, so each is looked at, some at a time.
 */

import type { TransferError } from '../../errors.ts';
import { percentDecode } from '../../location/percent.ts';
import { printable } from '../../report/show.ts';
import { heardLater } from '../../work/heard-later.ts';
import { join } from '../../work/posix/path.ts';
import type { Listed, Unlisted } from '../entry.ts';
import { lookedAt } from '../looked-at.ts';
import { below, type RelativePath } from '../path.ts';
import { directoryAt, mustBePlain } from './entry.ts';
import { breakage, refusal, trouble } from './fault.ts';
import { type Named, namedBy } from './href.ts';
import { linksIn } from './html.ts';
import { namesIn } from './json.ts';
import { lookAt, type Place } from './look.ts';
import { type Answer, drop } from './wire.ts';

const mostAhead = 16;
const mostNames = 2_000_000;

export async function* list(place: Place, dir: RelativePath, signal: AbortSignal): AsyncGenerator<Listed> {
  const ahead: Promise<Listed>[] = [];
  for await (const named of namesOf(place, dir, signal)) {
    const found = heardLater(entryOf(place, dir, named, signal));
    ahead.push(found);
    if (ahead.length >= mostAhead) yield await ahead.shift()!;
  }
  for (const found of ahead) yield await found;
}

/** Each once, where a list has two links for it, one after the other. */
async function* namesOf(place: Place, dir: RelativePath, signal: AbortSignal): AsyncGenerator<Named> {
  const what = place.site.show(dir);
  const url = place.site.directoryOf(dir);
  const wrong = {
    noListing: () =>
      trouble('list', what, 'unsupported', 'the server gives no list of its files', 'name one file'),
    cutOff: () => trouble('list', what, 'transient', 'its list was cut off before its </html>'),
  };
  let last: string | undefined;
  let count = 0;
  const answer = await listing(place, url, what, signal);
  try {
    for await (const named of namedIn(answer, wrong)) {
      signal.throwIfAborted();
      if (named.href === last) continue;
      last = named.href;
      if (++count > mostNames) throw trouble('list', what, 'refused', 'its list does not end');
      yield named;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw breakage(error, what, 'list');
  } finally {
    drop(answer);
  }
}

async function listing({ wire }: Place, url: URL, what: string, signal: AbortSignal): Promise<Answer> {
  const headers = { accept: 'application/json, text/html;q=0.9, */*;q=0.1' };
  const ask = { method: 'GET', url, headers, what, doing: 'list', purpose: 'read' } as const;
  const answer = await wire.ask(ask, signal);
  try {
    if (answer.status !== 200) throw refusal(answer, what, 'list');
    mustBePlain(answer.headers, url, { what, doing: 'list' });
    return answer;
  } catch (error) {
    drop(answer);
    throw error;
  }
}

type Wrong = Readonly<Record<'noListing' | 'cutOff', () => TransferError>>;

/** As the kind of page says, and relative to where it was found. */
async function* namedIn(
  { headers, message, url }: Answer,
  { noListing, cutOff }: Wrong,
): AsyncGenerator<Named> {
  const type = headers['content-type'] ?? '';
  if (/json/i.test(type)) return yield* await namesIn(message, noListing);
  if (!/html/i.test(type)) throw noListing();
  const isEndTold = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  const path = Buffer.from(percentDecode(url.pathname) ?? '').toString('latin1');
  const wrong = { noListing, cutOff: isEndTold ? undefined : cutOff };
  for await (const href of linksIn(message, path, wrong)) {
    const named = namedBy(href, url);
    if (named) yield named;
  }
}

async function entryOf(place: Place, dir: RelativePath, named: Named, signal: AbortSignal): Promise<Listed> {
  const path = named.name && below(dir, named.name);
  if (!path) return noPath(place, dir, named);
  if (named.isDirectory) return directoryAt(path);
  return lookedAt(
    path,
    async () => {
      const entry = await lookAt({ ...place, spool: undefined }, path, signal);
      return entry ?? Promise.reject(gone(place, path));
    },
    signal,
  );
}

function gone({ site }: Place, path: RelativePath): TransferError {
  return trouble('look at', site.show(path), 'missing', 'it is listed, but not there');
}

function noPath({ site }: Place, dir: RelativePath, { href }: Named): Unlisted {
  const why = `its list has a name that no path can hold, '${printable(href.slice(0, 200))}'`;
  const error = trouble('list', site.show(dir), 'unsupported', why);
  return { kind: 'unlisted', path: join(dir, Buffer.from(href, 'latin1')), error };
}
