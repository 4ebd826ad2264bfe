/** A link in a listing: the name that it is about, if it is about an entry of that directory. */
import { percentDecode } from '../../location/percent.ts';

export type Named = {
  /** undefined: no bytes can be made of it */
  readonly name: Uint8Array | undefined;
  readonly isDirectory: boolean;
  /** as it was written, for people */
  readonly href: string;
};

/** One character per byte. Undefined for what leads elsewhere: above, below, to other hosts, to other orders. */
export function namedBy(href: string, directory: URL): Named | undefined {
  const path = href.replace(/[?#].*$/s, '');
  if (path === '' || href.includes('?')) return undefined;
  const inside = relativeTo(path, directory)?.replace(/^(?:\.\/+)+/, '');
  if (inside === undefined || inside === '') return undefined;
  const [, segment, slashes] = /^([^/]+)(\/*)$/s.exec(inside) ?? [];
  if (segment === undefined || segment === '.' || segment === '..') return undefined;
  return { name: percentDecode(segment), isDirectory: slashes !== '', href };
}

/** What follows the directory, however that is written; undefined where it does not begin with it. */
function relativeTo(path: string, directory: URL): string | undefined {
  const absolute = withoutOrigin(path, directory);
  if (absolute === undefined || !absolute.startsWith('/')) return absolute;
  const steps = absolute.split('/');
  const depth = directory.pathname.split('/').length - 1;
  const [above, is] = [`${steps.slice(0, depth).join('/')}/`, directory.pathname].map(percentDecode);
  return above && is && Buffer.from(above).equals(is) ? steps.slice(depth).join('/') : undefined;
}

/** Undefined where it is at another one. */
function withoutOrigin(path: string, { protocol, origin }: URL): string | undefined {
  const full = path.startsWith('//') ? `${protocol}${path}` : path;
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(full)) return full;
  const [, at = '', below] = /^(https?:\/\/[^/]*)(\/.*)$/is.exec(full) ?? [];
  return URL.parse(at)?.origin === origin ? below : undefined;
}
