/** The order of keys in a listing: that of their bytes in UTF-8, which is not how JavaScript compares strings. */
import type { Page } from './listing.ts';

const surrogates = 0xd800;
const aboveSurrogates = 0xe000;

export function isBefore(one: string, other: string): boolean {
  if (one === other) return false;
  const at = commonLength(one, other);
  if (at === one.length || at === other.length) return at === one.length;
  return rank(one.charCodeAt(at)) < rank(other.charCodeAt(at));
}

/** How many code units two strings begin with alike. */
export function commonLength(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let at = 0;
  while (at < most && one.charCodeAt(at) === other.charCodeAt(at)) at++;
  return at;
}

/** Half of a pair stands for what comes after all that has one code unit. */
function rank(unit: number): number {
  return unit < surrogates || unit >= aboveSurrogates ? unit : unit + 0x10000;
}

/** The first and the last of a page's names. */
export function endsOf({
  objects,
  prefixes,
}: Page): { readonly first: string; readonly last: string } | undefined {
  const firsts = [objects[0]?.key, prefixes[0]].filter((name) => name !== undefined).sort(compare);
  const lasts = [objects.at(-1)?.key, prefixes.at(-1)].filter((name) => name !== undefined).sort(compare);
  return firsts.length > 0 ? { first: firsts[0]!, last: lasts.at(-1)! } : undefined;
}

function compare(one: string, other: string): number {
  return isBefore(one, other) ? -1 : Number(one !== other);
}

/** Objects and prefixes are given apart: each of them is in order, and beyond what came before. */
export function isInOrder({ objects, prefixes }: Page, after: string | undefined): boolean {
  const [keys, names] = [objects.map(({ key }) => key), prefixes];
  return [keys, names].every((some) =>
    some.every((name, at) => {
      const before = at === 0 ? after : some[at - 1];
      return before === undefined || isBefore(before, name);
    }),
  );
}
