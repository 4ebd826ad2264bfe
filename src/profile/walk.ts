/**
 * The one pass over a source, in a lane: opens directories below the root, looks at every entry once, counts it
 * into the Profile and shows it to a visitor. Iterative, with a stack of packed names, so depth and width cost
 * little memory. It stops at a budget and hands back what is left, as Bundles others can take.
 */

import * as c from '../work/posix/constants.ts';
import { Dirents, keepName, type Name, NamePacker, PackedNames } from '../work/posix/dirents.ts';
import { close } from '../work/posix/libc.ts';
import { openNamed } from '../work/posix/open-under.ts';
import type { Opener } from '../work/posix/opener.ts';
import { join, pathKey } from '../work/posix/path.ts';
import { Stat } from '../work/posix/stat.ts';
import { checkSized } from '../work/posix/unsized.ts';
import { type Bundle, sliceAfter } from './bundle.ts';
import type { Excluded } from './filter.ts';
import type { Pace, Wanted } from './pace.ts';
import type { Profile } from './profile.ts';
import { tallyDirectory, tallyEntry } from './tally.ts';
import { type Directory, descend, type Unseen, type Visitor } from './visitor.ts';

export type WalkSettings = {
  readonly root: number; // the open source directory
  readonly opener: Opener; // for what is below it
  readonly excluded: Excluded | undefined;
  readonly oneFileSystem: boolean;
  readonly descendInto: boolean; // directories among entries are walked too
  readonly unseen: Unseen;
};

type Frame = {
  readonly dir: Uint8Array;
  readonly names: Uint8Array;
  readonly fresh: Uint8Array;
  at: number;
  index: number;
};

/** bytes of directory entries, about fifty names */
const worthSharing = 2048;

export class Walk {
  readonly #settings: WalkSettings;
  readonly #unseen: Unseen;
  readonly #profile: Profile | undefined;
  readonly #pace: Pace;
  readonly #dirents = new Dirents();
  readonly #stat = new Stat();
  readonly #subdirs = new NamePacker();
  #fresh: number[] = [];
  #alone: { readonly path: Uint8Array; readonly fresh: boolean }[] = [];
  #rootDevice: bigint | undefined;

  /** Without a profile the visitor counts what it takes. */
  constructor(settings: WalkSettings, profile: Profile | undefined, pace: Pace) {
    this.#settings = settings;
    this.#unseen = settings.unseen;
    this.#profile = profile;
    this.#pace = pace;
  }

  /** Walks a bundle; answers what is left of it when the budget was spent. */
  run(bundle: Bundle, visitor: Visitor): Bundle[] {
    if (bundle.what === 'trees') return this.#trees(bundle, visitor);
    const below = this.#entries(bundle, visitor);
    return below ? this.#drain([below], visitor) : [];
  }

  #trees(bundle: Bundle, visitor: Visitor): Bundle[] {
    const fresh = bundle.fresh ?? new Uint8Array(0);
    return this.#drain([{ dir: bundle.dir, names: bundle.names, fresh, at: 0, index: 0 }], visitor);
  }

  #drain(stack: Frame[], visitor: Visitor): Bundle[] {
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      if (this.#pace.stopped() || this.#pace.spent(stack.length > 1)) break;
      const end = frame.names.indexOf(0, frame.at);
      const path = join(frame.dir, frame.names.subarray(frame.at, end));
      const isFresh = frame.fresh[frame.index++] === 1;
      frame.at = end + 1;
      if (frame.at >= frame.names.length) stack.pop();
      const below = this.#directory(path, isFresh, visitor);
      if (below) stack.push(below);
    }
    return stack.map(leftOf);
  }

  #directory(path: Uint8Array, fresh: boolean, visitor: Visitor): Frame | undefined {
    const opened = this.#open(path, { fresh, slice: 0, whole: true, alone: false });
    if (!opened) return undefined;
    try {
      if (!visitor.enter(opened)) return undefined;
      if (this.#isMount(opened)) this.#unseen.passed('mount');
      else this.#read(opened, visitor);
      visitor.leave(opened);
      return this.#frame(path);
    } finally {
      close(opened.fd);
    }
  }

  #entries(bundle: Bundle, visitor: Visitor): Frame | undefined {
    const alone = bundle.names.length === 0;
    const how = { fresh: bundle.fresh !== undefined, slice: bundle.slice, whole: false, alone };
    const names = new PackedNames(bundle.names);
    const failed = (_dir: Uint8Array, errno: number) => {
      while (names.next()) this.#unseen.failed(join(bundle.dir, keepName(names.name)), errno);
    };
    const opened = this.#open(bundle.dir, how, { failed });
    if (!opened) return undefined;
    try {
      if (!visitor.enter(opened)) return undefined;
      while (names.next() && !this.#pace.stopped()) this.#look(opened, names.name, visitor);
      visitor.leave(opened);
      this.#visitAlone(visitor);
      return this.#frame(bundle.dir);
    } finally {
      close(opened.fd);
    }
  }

  /** Directories that were listed, but not what is in them. */
  #visitAlone(visitor: Visitor): void {
    for (const { path, fresh } of this.#alone.splice(0)) {
      const opened = this.#open(path, { fresh, slice: 0, whole: false, alone: true });
      if (!opened) continue;
      this.#count(path);
      if (visitor.enter(opened)) visitor.leave(opened);
      close(opened.fd);
    }
  }

  #open(
    path: Uint8Array,
    how: Omit<Directory, 'path' | 'fd' | 'stat' | 'given'>,
    unseen: Pick<Unseen, 'failed'> = this.#unseen,
  ): Directory | undefined {
    const isListed = how.whole || how.alone;
    const fd = isListed ? this.#settings.opener.open(path) : openNamed(this.#settings.root, path);
    if (fd < 0) {
      unseen.failed(path, fd);
      return undefined;
    }
    const stat = new Stat();
    stat.of(fd);
    if (how.whole) this.#count(path);
    return { path, fd, stat, ...how, given: 0 };
  }

  #count(path: Uint8Array): void {
    if (this.#profile) tallyDirectory(this.#profile, path);
  }

  #isMount(dir: Directory): boolean {
    if (!this.#settings.oneFileSystem) return false;
    this.#rootDevice ??= this.#deviceOfRoot();
    return dir.stat.device !== this.#rootDevice;
  }

  #deviceOfRoot(): bigint {
    const stat = new Stat();
    stat.of(this.#settings.root);
    return stat.device;
  }

  #read(dir: Directory, visitor: Visitor): void {
    for (;;) {
      const got = this.#dirents.fill(dir.fd);
      if (got < 0) this.#unseen.failed(dir.path, got);
      if (got <= 0 || this.#pace.stopped()) return;
      while (this.#dirents.next()) {
        this.#look(dir, this.#dirents.name, visitor);
        const wanted = this.#dirents.remaining > worthSharing ? this.#pace.wanted(dir) : 'nothing';
        if (wanted !== 'nothing') this.#give(dir, wanted, visitor);
        if (this.#pace.stopped()) return;
      }
    }
  }

  /** The rest of this buffer of names, or of the directory, goes to somebody else. */
  #give(dir: Directory, wanted: Exclude<Wanted, 'nothing'>, visitor: Visitor): void {
    const rest = new NamePacker();
    do while (this.#dirents.next()) rest.add(this.#dirents.name);
    while (wanted === 'rest' && this.#dirents.fill(dir.fd) > 0);
    if (rest.count === 0) return;
    visitor.giving?.(dir);
    const fresh = dir.fresh ? new Uint8Array(1) : undefined;
    this.#pace.share({
      dir: dir.path,
      names: rest.take(),
      what: 'entries',
      fresh,
      slice: sliceAfter(dir.given++),
    });
  }

  #look(dir: Directory, name: Name, visitor: Visitor): void {
    const failed = this.#stat.at(dir.fd, name.at);
    if (failed < 0) return this.#unseen.failed(pathOf(dir, name), failed);
    const isDirectory = this.#stat.type === c.S_IFDIR;
    if (this.#isExcluded(dir, name, isDirectory)) this.#unseen.passed('excluded');
    else if (isDirectory) this.#found(dir, name, visitor);
    else this.#entry(dir, name, visitor);
  }

  #isExcluded(dir: Directory, name: Name, isDirectory: boolean): boolean {
    const excluded = this.#settings.excluded;
    if (!excluded) return false;
    return excluded(pathKey(pathOf(dir, name)), isDirectory);
  }

  #found(dir: Directory, name: Name, visitor: Visitor): void {
    const verdict = visitor.directory(name, this.#stat);
    if (verdict === descend.no) return;
    if (!(dir.whole || dir.slice > 0 || this.#settings.descendInto))
      return void this.#alone.push({ path: pathOf(dir, name), fresh: verdict === descend.fresh });
    this.#subdirs.add(name);
    this.#fresh.push(verdict === descend.fresh ? 1 : 0);
  }

  #entry(dir: Directory, name: Name, visitor: Visitor): void {
    const failed = checkSized(dir.fd, name.at, this.#stat);
    if (failed < 0) return this.#unseen.failed(pathOf(dir, name), failed);
    if (this.#profile) tallyEntry(this.#profile, this.#stat);
    visitor.entry(name, this.#stat);
  }

  #frame(dir: Uint8Array): Frame | undefined {
    if (this.#subdirs.count === 0) return undefined;
    const fresh = Uint8Array.from(this.#fresh);
    this.#fresh = [];
    return { dir, names: this.#subdirs.take(), fresh, at: 0, index: 0 };
  }
}

function pathOf(dir: Directory, name: Name): Uint8Array {
  return join(dir.path, name.bytes.subarray(name.start, name.end));
}

function leftOf(frame: Frame): Bundle {
  return {
    dir: frame.dir,
    names: frame.names.slice(frame.at),
    what: 'trees',
    fresh: frame.fresh.slice(frame.index),
    slice: 0,
    walked: frame.index,
  };
}
