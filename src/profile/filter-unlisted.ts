import { pathKey } from '../work/posix/path.ts';
import type { Excluded } from './filter.ts';

/** Whether rules leave out what could not be listed: a path that ends in a slash is that of a directory. */
export function excludesUnlisted(excluded: Excluded | undefined, path: Uint8Array): boolean {
  const text = pathKey(path);
  const bare = text.replace(/\/+$/, '');
  return excluded?.(bare, bare !== text) ?? false;
}
