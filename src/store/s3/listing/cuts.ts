/**
 * Where what is left of a listing may be cut, guessed by the keys that came so far. A cut is a name with a slash, as
 * where a page ends with a directory: what is in one is on one side. Only characters that each service has in the same
 * place are put into it, whether it compares bytes or code units.
 */
import type { Page } from './listing.ts';
import { commonLength, isBefore } from './order.ts';

type Rest = {
  /** what all keys begin with */
  readonly inside: string;
  /** of the latest page */
  readonly first: string;
  readonly last: string;
  /** the cut where it ends; undefined: where the listing does */
  readonly until: string | undefined;
};

const lowest = 0x30; // right after the slash
const beyond = 0xd800;
const finest = 2 ** -48;
const pagesBetween = 2;
const namesApart = 40; // of those that the alphabet is learnt from

/** Right behind all that begins as the last key does, with one character less from cut to cut: the farthest is last. */
export function cutsAfter({ inside, first, last }: Omit<Rest, 'until'>, most: number): string[] {
  const cuts: string[] = [];
  const odd = [...last].findIndex((letter) => letter.length > 1);
  const from = Math.min(commonLength(first, last), odd < 0 ? last.length : odd);
  for (let at = from; at >= inside.length && cuts.length < most; at--) {
    const next = Math.max(last.charCodeAt(at) + 1, lowest);
    if (next < beyond) cuts.push(`${last.slice(0, at)}${String.fromCharCode(next)}/`);
  }
  return cuts;
}

/** The characters that keys differ in so far, as digits of a number that says where a key is. */
export class Alphabet {
  /** by their place in the name */
  readonly #seen = new Map<number, Set<number>>();
  #letters: readonly number[] = [];

  learn(inside: string, { objects, prefixes }: Page): void {
    for (let at = 0; at < objects.length; at += namesApart) this.#add(objects[at]!.key, inside.length);
    for (let at = 0; at < prefixes.length; at += namesApart) this.#add(prefixes[at]!, inside.length);
    const differing = [...this.#seen.values()].filter((units) => units.size > 1);
    this.#letters = [...new Set(differing.flatMap((units) => [...units]))].sort((a, b) => a - b);
  }

  #add(name: string, from: number): void {
    for (let at = from; at < name.length; at++) {
      const unit = name.charCodeAt(at);
      const isFit = unit >= lowest && unit < beyond && (unit < 0x7f || unit > 0x9f);
      const units = this.#seen.get(at - from) ?? new Set();
      if (isFit) this.#seen.set(at - from, units.add(unit));
    }
  }

  /** At most so many, evenly, in order; fewer where there would not seem to be two pages between them. */
  cuts({ inside, first, last, until }: Rest, most: number): string[] {
    if (this.#letters.length < 2) return [];
    const end = until?.slice(0, -1);
    const prefix = end === undefined ? inside : last.slice(0, commonLength(last, end));
    const [start, stop] = [this.#placeOf(last, prefix), end === undefined ? 1 : this.#placeOf(end, prefix)];
    const page = start - (first.startsWith(prefix) ? this.#placeOf(first, prefix) : 0);
    const pages = page > 0 ? (stop - start) / page : Number.POSITIVE_INFINITY;
    const pieces = Math.min(most + 1, Math.floor(pages / pagesBetween));
    const cuts: string[] = [];
    for (let at = 1; at < pieces; at++) {
      const after = cuts.at(-1) ?? last;
      const cut = this.#cut(prefix, start + ((stop - start) * at) / pieces, { after, until });
      if (cut !== undefined) cuts.push(cut);
    }
    return cuts;
  }

  /** How far a key is among all that begin so, from 0 to 1. */
  #placeOf(key: string, prefix: string): number {
    const base = this.#letters.length;
    let place = 0;
    let unit = 1 / base;
    for (let at = prefix.length; at < key.length && unit > finest; at++) {
      const digit = this.#letters.findLastIndex((letter) => letter <= key.charCodeAt(at));
      place += Math.max(digit, 0) * unit;
      unit /= base;
    }
    return place;
  }

  /** The shortest one there that is between its neighbours. */
  #cut(
    prefix: string,
    place: number,
    { after, until }: { readonly after: string; readonly until: string | undefined },
  ): string | undefined {
    const base = this.#letters.length;
    let name = prefix;
    let left = place;
    for (let unit = 1; unit > finest; unit /= base) {
      left *= base;
      const digit = Math.min(Math.floor(left), base - 1);
      left -= digit;
      name += String.fromCharCode(this.#letters[digit]!);
      const cut = `${name}/`;
      if (isBefore(after, name)) return until === undefined || isBefore(cut, until) ? cut : undefined;
    }
    return undefined;
  }
}
