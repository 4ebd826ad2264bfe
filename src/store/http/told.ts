/** What a server says that the bytes of a file add up to, without them: in a header, or in a file beside it. */

import type { Digest } from '../body.ts';
import type { FileEntry } from '../entry.ts';
import { digestIn } from './digest.ts';
import type { Place } from './look.ts';
import { shortText } from './short-text.ts';
import { isSame, stateIn, stateOf } from './state.ts';
import { type Ask, drop } from './wire.ts';

/** Less is read sooner than asked for. */
const leastBytes = 1024 * 1024;
const strong: readonly string[] = ['sha256', 'sha512'];

export async function told(place: Place, file: FileEntry, signal: AbortSignal): Promise<Digest | undefined> {
  const { wire, site, spool } = place;
  const url = site.urlOf(file.path);
  if (spool?.has(url.href) || file.size < leastBytes) return undefined;
  const headers = { 'want-repr-digest': 'sha-256=10, sha-512=5' };
  const ask = {
    method: 'HEAD',
    url,
    headers,
    what: site.show(file.path),
    doing: 'look at',
    purpose: 'look',
  } as const;
  const answer = await wire.ask(ask, signal);
  drop(answer);
  if (answer.status !== 200 || !isSame(stateOf(answer.headers), stateIn(file.print, file.size)))
    return undefined;
  const found = digestIn(answer.headers);
  return found && strong.includes(found.algorithm) ? found : beside(place, ask, signal);
}

const mostBytes = 4096;

/** As `sha256sum` writes it, with the name of this file or none. */
async function beside({ wire }: Place, ask: Ask, signal: AbortSignal): Promise<Digest | undefined> {
  const url = new URL(ask.url);
  url.pathname += '.sha256';
  const answer = await wire.ask({ ...ask, method: 'GET', url, headers: {}, purpose: 'read' }, signal);
  const isShort = Number(answer.headers['content-length'] ?? Number.NaN) <= mostBytes;
  if (answer.status !== 200 || !isShort) {
    drop(answer);
    return undefined;
  }
  const text = await shortText(answer, mostBytes, ask, signal);
  const name = decodeName(ask.url);
  for (const [, hex, of] of text.matchAll(/^([0-9a-f]{64})(?:[ \t]+\*?([^\r\n]+?))?[ \t]*\r?$/gim))
    if (of === undefined || of.split('/').at(-1) === name)
      return { algorithm: 'sha256', value: Buffer.from(hex!, 'hex') };
  return undefined;
}

/** One character per byte. */
function decodeName({ pathname }: URL): string | undefined {
  const last = pathname.split('/').at(-1)!;
  return last.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
