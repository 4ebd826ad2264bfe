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

/** What follows the directory; undefined where it does not begin with it. */
function relativeTo(path: string, { origin, pathname }: URL): string | undefined {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/.test(path);
  if (!scheme && !path.startsWith('/')) return path;
  const absolute = path.startsWith(`${origin}/`) ? path.slice(origin.length) : path;
  return absolute.startsWith(pathname) ? absolute.slice(pathname.length) : undefined;
}
