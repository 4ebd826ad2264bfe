/** Where each entry of a batch lies in the directory of ours on the other side, and in which place it ends. */
import type { Carry, Load } from '../../../store/batch.ts';
import { itself, type RelativePath, splitPath } from '../../../store/path.ts';
import { lookOf } from '../../../store/sftp/entry.ts';
import { join, pathKey } from '../../../work/posix/path.ts';
import type { Unreceived } from './received.ts';
import { type Place, type Staged, staged } from './stage.ts';

export type Laid = Staged & { readonly carry: Carry };

export type Layout = {
  /** in each the directories above are there; the root is one of them */
  readonly places: readonly Omit<Place, 'dress'>[];
  readonly laid: readonly Laid[];
  /** as its load */
  readonly isLast: boolean;
};

/** A directory comes before what is in it. */
export function layOut({ entries, dirs, isLast }: Load): Layout {
  const laying = new Laying();
  laying.place(itself, false);
  const made = new Set(entries.map(({ entry }) => (entry.kind === 'directory' ? pathKey(entry.path) : '')));
  for (const dir of dirs) if (!made.has(pathKey(dir))) laying.place(dir, false);
  return { laid: entries.map((carry) => laying.lay(carry)), places: laying.places, isLast };
}

/** Of all files. */
export function bytesOf({ laid }: Layout): number {
  return laid.reduce((sum, { size = 0 }) => sum + size, 0);
}

/** What it is called in the stream. */
export function stagedName({ places }: Layout, { place, path }: Laid): Uint8Array {
  return staged(places, place, path);
}

/** Of a directory that did not arrive, all that is in it did not either. */
export function leftOf({ laid }: Layout, unreceived: readonly Unreceived[]): Set<Carry> {
  const missing = new Set(unreceived.map(({ place, path }) => keyOf(place, path)));
  if (missing.size === 0) return new Set();
  return new Set(laid.filter((one) => isIn(missing, one)).map(({ carry }) => carry));
}

function isIn(missing: ReadonlySet<string>, { place, path }: Laid): boolean {
  for (let end = path.indexOf(slash); end >= 0; end = path.indexOf(slash, end + 1))
    if (missing.has(keyOf(place, path.subarray(0, end)))) return true;
  return missing.has(keyOf(place, path));
}

function keyOf(place: number, path: Uint8Array): string {
  return `${place} ${pathKey(path)}`;
}

const slash = 0x2f;

class Laying {
  readonly places: {
    dir: RelativePath;
    names: Uint8Array[];
    replaces: boolean;
    looks: (string | undefined)[];
  }[] = [];
  readonly #numbers = new Map<string, number>();
  /** directories of the batch */
  readonly #made = new Map<string, { readonly place: number; readonly path: Uint8Array }>();

  lay(carry: Carry): Laid {
    const { entry, replaces } = carry;
    const { dir, name } = splitPath(entry.path);
    const above = this.#made.get(pathKey(dir));
    const place = above?.place ?? this.place(dir, replaces !== undefined);
    const path = above ? join(above.path, name) : name;
    if (!above) this.places[place]!.names.push(name);
    if (!above && replaces) this.places[place]!.looks.push(lookOf(replaces));
    if (entry.kind === 'directory') this.#made.set(pathKey(entry.path), { place, path });
    return { carry, place, path, size: entry.kind === 'file' ? entry.size : undefined };
  }

  place(dir: RelativePath, replaces: boolean): number {
    const key = `${replaces ? 'f' : 'n'}${pathKey(dir)}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.places.length);
    return this.places.push({ dir, names: [], replaces, looks: [] }) - 1;
  }
}
