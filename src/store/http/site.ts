/** Where a store is on the web, and what its entries are called there. */
import { createHash } from 'node:crypto';
import type { HttpPlace } from '../../location/location.ts';
import { nameOfStep, percentEncode } from '../../location/percent.ts';
import { printable } from '../../report/show.ts';
import type { RelativePath } from '../path.ts';

export type Site = {
  readonly origin: string;
  /** it was named with a slash at its end, and so as a directory */
  readonly isDirectory: boolean;
  readonly urlOf: (path: RelativePath) => URL;
  /** the address of a directory, with the slash that makes it one */
  readonly directoryOf: (path: RelativePath) => URL;
  /** the one name of the place, with nothing in it that may be a secret */
  readonly canonical: Uint8Array;
  /** for people */
  readonly show: (path: Uint8Array) => string;
};

/** What is asked for in the address of the place is asked for in those of its entries too: it may be what lets us in. */
export function siteOf({ url, step }: HttpPlace): Site {
  const { origin, pathname, search } = new URL(url);
  const isDirectory = pathname.endsWith('/');
  const root = pathname.replace(/\/+$/, '');
  const at = (path: string) => new URL(`${origin}${path}${search}`);
  const meant = step === undefined ? undefined : nameOfStep(step);
  const typed = (path: Uint8Array) =>
    meant && Buffer.compare(meant, path) === 0 ? step! : percentEncode(path);
  const below = (path: Uint8Array) => (path.length === 0 ? root : `${root}/${typed(path)}`);
  return {
    origin,
    isDirectory,
    urlOf: (path) => at(path.length === 0 ? pathname : below(path)),
    directoryOf: (path) => at(`${below(path)}/`),
    canonical: Buffer.from(`${origin}${root}${search && `?${fingerprint(search)}`}`),
    show: (path) => printable(`${origin}${path.length === 0 ? pathname : below(path)}`),
  };
}

function fingerprint(search: string): string {
  return createHash('sha256').update(search).digest('hex').slice(0, 16);
}
