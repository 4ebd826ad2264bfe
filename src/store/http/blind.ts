/**
 * One file at an address that is signed for what is put there: nobody may look, and a header too many may spoil the
 * signature. What has the name is replaced, and what the server answers is believed.
 */
import { besideSignature, signedHeaders } from '../../location/signed.ts';
import { printable } from '../../report/show.ts';
import type { Entry } from '../entry.ts';
import type { Store } from '../store.ts';
import { directoryAt, keptEntry } from './entry.ts';
import { trouble } from './fault.ts';
import type { Place } from './look.ts';
import { printOf, stateOf } from './state.ts';
import { mustBeKept, put, unkeptOf } from './write.ts';

/** A body that is shorter is sent without asking whether it is wanted. */
const askedFrom = 1024 * 1024;

export function blind(place: Place): Pick<Store, 'stat' | 'write'> {
  return {
    stat: async (path): Promise<Entry | undefined> => (path.length === 0 ? directoryAt(path) : undefined),
    async write(path, body, { metadata }, signal) {
      const [what, url] = [place.site.show(path), place.site.urlOf(path)];
      const headers = {
        'content-length': String(body.size),
        ...besideSignature(url),
        ...(body.size >= askedFrom && { expect: '100-continue' }),
      };
      const ask = { method: 'PUT', url, headers, what, doing: 'write', purpose: 'write' } as const;
      const answer = await put(place, ask, body, signal);
      if (answer.status === 403) throw notAllowed(what, signedHeaders(url));
      mustBeKept(answer, what);
      const print = printOf(stateOf(answer.headers, body.size));
      const entry = keptEntry(path, { size: body.size, print, modified: undefined });
      return { entry, unkept: unkeptOf(metadata, entry) };
    },
  };
}

function notAllowed(what: string, headers: readonly string[]): Error {
  const hint =
    headers.length > 0
      ? `its signature is for the headers ${printable(headers.join(', '))}, too, which only who made it knows: one for the host alone is wanted`
      : 'see for how long its signature is good, and whether it is one for PUT and no other header';
  return trouble('write', what, 'denied', 'the server does not allow it (HTTP 403)', hint);
}
