/**
 * How a batch lies in the directory of ours that it is unpacked into on the other side, before it is moved into place,
 * and what goes with it to say so. The stream holds, in this order: `controls`, the entries under the names that
 * `staged` gives them, `lastMember`.
 */
import type { RelativePath } from '../../../store/path.ts';
import { NamePacker } from '../../../work/posix/dirents.ts';
import { join, pathKey } from '../../../work/posix/path.ts';

/** Names that go into one directory that is there. */
export type Place = {
  readonly dir: RelativePath;
  /** single names: files and the like, and directories that are new with all that is in them */
  readonly names: readonly Uint8Array[];
  /** the names are taken, by what may be replaced; else they are free, and a rival who takes one keeps it */
  readonly replaces: boolean;
  /** of each name what has it looks like, as `lookOf` says it; absent: nobody knows, and whatever has it is replaced */
  readonly looks?: readonly (string | undefined)[];
  /**
   * A small tar whose only member is `.`: what the directory looks like afterwards; undefined: nobody cares. The root
   * is changed by every batch: a place for it, with or without names, says what it looks like when all is done.
   */
  readonly dress: Uint8Array | undefined;
};

/** One entry below a place, for the other side to look at when its tar complained. */
export type Staged = {
  readonly place: number; // its index
  /** from the place on */
  readonly path: Uint8Array;
  /** of a regular file; undefined for anything else */
  readonly size: number | undefined;
};

export type Control = { readonly path: Uint8Array; readonly content: Uint8Array };

/** bytes of names that any xargs hands on at once */
const mostListBytes = 16 * 1024;

/** The member that shows that all before it came. */
export const lastMember: Control = { path: Buffer.from('end'), content: Buffer.from('end') };

/** What the member is called that has the directories once more, for a tar that needs them so. */
export const lateMember: Uint8Array = Buffer.from('late');

/** What an entry of a place is called in the stream. */
export function staged(
  places: readonly Pick<Place, 'replaces'>[],
  place: number,
  path: Uint8Array,
): Uint8Array {
  return join(Buffer.from(folder(places[place]!, place)), path);
}

/** What goes before the entries. `stage` is the name of the directory of ours, `entries` may be a list made by `listEntry`. */
export function controls(
  stage: string,
  places: readonly Place[],
  entries: readonly Staged[] | Uint8Array,
): Control[] {
  const last = lastPlaces(places);
  const isLast = ({ dir }: Place, index: number) => last.get(pathKey(dir)) === index;
  const dresses = places.flatMap((place, index) => {
    const { dir, dress } = place;
    return dress && isLast(place, index) ? [control(dir.length === 0 ? 't/root' : `t/${index}`, dress)] : [];
  });
  const moves = places.flatMap((place, index) =>
    place.names.length > 0 || isLast(place, index) ? orders(stage, place, index) : [],
  );
  return [
    ...cut(moves, ({ words }) => bytesOf(words)).flatMap(listOf),
    control('c/dirs', nulList(places.map(({ dir }) => Buffer.concat([above, dir])))),
    control('c/entries', entries instanceof Uint8Array ? entries : listed(places, entries)),
    ...dresses,
  ];
}

/** What is moved at once, and of what may be replaced there where it is and what it looks like. */
function listOf(orders: readonly Order[], at: number): Control[] {
  const list = control(`c/${at}`, nulList(orders.flatMap(({ words }) => words)));
  const was = orders.flatMap(({ was }) => was);
  if (was.length === 0) return [list];
  const looks = Buffer.from(was.map(({ look }) => `${look}\n`).join(''));
  return [list, control(`was/${at}`, nulList(was.map(({ path }) => path))), control(`looks/${at}`, looks)];
}

/** Which place comes last of those in one directory, by its key: that one says what it looks like. */
export function lastPlaces(places: readonly Pick<Place, 'dir'>[]): ReadonlyMap<string, number> {
  return new Map(places.map(({ dir }, index) => [pathKey(dir), index]));
}

function control(path: string, content: Uint8Array): Control {
  return { path: Buffer.from(path), content };
}

/** Where its entries wait: the first letter says whether they may replace anything. */
function folder({ replaces }: Pick<Place, 'replaces'>, index: number): string {
  return `${replaces ? 'f' : 'n'}${index}`;
}

const above = Buffer.from('../');

type Order = {
  /**
   * `n3 2 3 ../../ a/b` for the folder, how many names follow, which dress comes after them, the way back to where the stage
   * is, the place; then the names.
   */
  readonly words: readonly Uint8Array[];
  /** what may be replaced, from the stage on by way of its folder */
  readonly was: readonly { readonly path: Uint8Array; readonly look: string }[];
};

function orders(stage: string, place: Place, index: number): Order[] {
  const way = upFrom(place.dir);
  const from = `${way}${stage}/${folder(place, index)}/`;
  const names = place.names.map((name, at) => ({ name, look: place.looks?.[at] }));
  const groups = names.length > 0 ? cut(names, ({ name }) => from.length + bytesOf([name])) : [[]];
  const there = Buffer.concat([Buffer.from(`${folder(place, index)}/../../`), place.dir]);
  return groups.map((group, at) => {
    const dress = at === groups.length - 1 ? index : '-';
    const head = Buffer.from(`${folder(place, index)} ${group.length} ${dress} ${way} `);
    const words = [Buffer.concat([head, place.dir]), ...group.map(({ name }) => name)];
    const was = group.flatMap(({ name, look }) => (look ? [{ path: join(there, name), look }] : []));
    return { words, was };
  });
}

function upFrom(dir: RelativePath): string {
  let levels = dir.length === 0 ? 0 : 1;
  for (const byte of dir) if (byte === 0x2f) levels++;
  return levels === 0 ? './' : '../'.repeat(levels);
}

/** Into lists that are short enough. */
function cut<T>(items: readonly T[], bytesOf: (item: T) => number): T[][] {
  const lists: T[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const more = bytesOf(item);
    if (bytes + more > mostListBytes) lists.push([]);
    bytes = bytes + more > mostListBytes ? more : bytes + more;
    lists.at(-1)!.push(item);
  }
  return lists;
}

function bytesOf(words: readonly Uint8Array[]): number {
  return words.reduce((sum, { length }) => sum + length + 1 + perArgument, 0);
}

const perArgument = 8;

function listed(places: readonly Place[], entries: readonly Staged[]): Uint8Array {
  const list = new NamePacker();
  for (const { place, path, size } of entries) listEntry(list, staged(places, place, path), size);
  return list.take();
}

const unsized = Buffer.from('- ');

/** Adds what is called so in the stream. */
export function listEntry(list: NamePacker, as: Uint8Array, size: number | undefined): void {
  if (size === undefined) list.addBytes(unsized, as);
  else list.addNumbered(size, as);
}

function nulList(words: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(words.flatMap((word) => [word, nul]));
}

const nul = Buffer.alloc(1);

/** The place and the rest of the path of something that is called so in the stream; undefined where nothing is. */
export function placeOf(name: string): { readonly place: number; readonly path: string } | undefined {
  const [, place, path] = /^[nf](\d+)\/(.*)$/s.exec(name) ?? [];
  return place === undefined ? undefined : { place: Number(place), path: path! };
}
