/** Entries of new directories that go together: what is asked for, and what came of it. */
import type { Ledger } from '../../conduct/ledger.ts';
import { type Profile, tallyFile } from '../../profile/profile.ts';
import { tallyDirectory } from '../../profile/tally.ts';
import type { RelativePath } from '../../store/path.ts';
import type { Entry } from '../../store/store.ts';
import { text } from './layout.ts';
import type { Leftovers } from './leftovers.ts';
import type { Expected, Unpacked } from './unpacking.ts';

const second = 1_000_000_000n;
const place: Expected = { kind: 'directory', size: 0, mtimeNs: undefined, replaces: undefined };

type Dir = { readonly path: RelativePath; isLast: boolean };

/** With its path as a key, which is asked for several times. */
type Asked = { readonly entry: Entry; readonly key: string };

export class TreeBatch {
  readonly #entries: Asked[] = [];
  readonly #dirs = new Map<string, Dir>();
  /** the one that the last entry is in */
  #last: RelativePath | undefined;
  bytes = 0;

  get size(): number {
    return this.#entries.length + this.#dirs.size;
  }

  /** What is neither a directory nor a socket; `dir` is the directory it is in. */
  add(entry: Entry, dir: RelativePath): void {
    this.#entries.push({ entry, key: text(entry.path) });
    if (entry.kind === 'file') this.bytes += entry.size;
    if (this.#last !== dir) this.uses(dir);
    this.#last = dir;
  }

  /** It gets its metadata with this batch; `isLast`: for good, and counts as made then. */
  uses(path: RelativePath, isLast = false): void {
    const key = text(path);
    const known = this.#dirs.get(key);
    if (!known) this.#dirs.set(key, { path, isLast });
    else known.isLast ||= isLast;
  }

  /** Paths from the root on. */
  *paths(): Generator<RelativePath> {
    for (const { path } of this.#dirs.values()) yield path;
    for (const { entry } of this.#entries) yield entry.path;
  }

  expected(): Map<string, Expected> {
    const expected = new Map<string, Expected>([...this.#dirs.keys()].map((key) => [key, place]));
    for (const { entry, key } of this.#entries) expected.set(key, expectedOf(entry));
    return expected;
  }

  /** Counts what arrived and hands on what did not; answers how many entries are done with. */
  settle(
    { arrived, failures }: Pick<Unpacked, 'arrived' | 'failures'>,
    ledger: Ledger,
    left: Leftovers,
  ): number {
    const failed = new Set(failures.map(({ path }) => text(path)));
    let done = 0;
    for (const { entry, key } of this.#entries) {
      if (!arrived.has(key)) left.entry(entry.path);
      else done += count(entry, ledger);
    }
    for (const [key, { path, isLast }] of this.#dirs) {
      if (!arrived.has(key) || failed.has(key)) left.directory(path);
      else if (isLast) done += made(path, ledger);
    }
    return done;
  }
}

function expectedOf(entry: Entry): Expected {
  const kind = entry.kind === 'socket' ? 'fifo' : entry.kind; // none is added
  const size = entry.kind === 'file' ? entry.size : 0;
  return { kind, size, mtimeNs: undefined, mtimeSeconds: entry.mtimeNs! / second, replaces: undefined };
}

function count(entry: Entry, ledger: Ledger): 1 {
  const bytes = entry.kind === 'file' ? entry.size : 0;
  tally(ledger.out.profile, entry);
  ledger.did(entry.kind === 'file' ? 'copy' : 'make', () => entry.path, bytes);
  return 1;
}

function tally(profile: Profile, entry: Entry): void {
  if (entry.kind === 'symlink') profile.symlinks++;
  else if (entry.kind !== 'file') profile.specials++;
  else {
    tallyFile(profile, entry.size);
    const { uid } = entry.owner!;
    profile.owners[uid] = (profile.owners[uid] ?? 0) + 1;
  }
}

function made(path: RelativePath, ledger: Ledger): 1 {
  tallyDirectory(ledger.out.profile, path);
  ledger.did('make', () => path, 0);
  return 1;
}
