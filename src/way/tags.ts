import { randomHex } from '../work/random-hex.ts';

/** What names of ours begin with: all of a route's, and those of this run, with what is its alone. */
export function tagsOf(key: string): { readonly tag: string; readonly ownTag: string; readonly run: string } {
  const tag = `.difpipe-${key.slice(0, 12)}-`;
  const run = randomHex(6);
  return { tag, ownTag: `${tag}${run}-`, run };
}
