/** The fingerprints of the directory a lane is in: what earlier runs left there, and what this one leaves. */
import type { LeftRow } from '../../journal/types.ts';
import { firstOf } from '../../profile/bundle.ts';
import type { Directory } from '../../profile/visitor.ts';
import type { Lost } from '../../store/local/metadata/metadata.ts';
import type { Name } from '../../work/posix/dirents.ts';
import type { Stat } from '../../work/posix/stat.ts';
import type { Lane } from './lane.ts';
import { directoryKey, KnownPrints, PrintCollector } from './prints.ts';
import { covers } from './prints-place.ts';

type Kept = Readonly<Pick<Lost, 'xattr' | 'acl'>>;

const collector = new PrintCollector();
const all: Kept = { xattr: 0, acl: 0 };

export class Prints {
  readonly #lane: Lane;
  readonly #dir: Directory;
  readonly #key: bigint;
  readonly #left: Left;
  readonly #known: KnownPrints | undefined;
  /** the source has not changed for so long that a change of its attributes now would show */
  readonly #quietSince: number;
  #isKnown = false;
  #isBare = false;
  #isStale = false;

  /** `place` is the directory at the destination, where there is one. */
  constructor(lane: Lane, dir: Directory, place: Stat | undefined) {
    this.#lane = lane;
    this.#dir = dir;
    this.#key = directoryKey(dir.path);
    this.#quietSince = Math.floor(Date.now() / 1000) - quietSeconds;
    collector.begin(place, lane.look);
    this.#left = leftIn(lane, this.#key, place !== undefined);
    this.#known = this.#left.known;
  }

  /** The entry at hand; the answers below are about it. Called once for each. */
  look(name: Name, stat: Stat): void {
    collector.look(name, stat);
    this.#isKnown = this.#known?.has(collector.entry) ?? false;
    this.#isBare = this.#isKnown && this.#known!.isBare;
    const { profile } = this.#lane.ledger.out;
    if (this.#lane.setup.leftPath !== undefined)
      profile.changed = (profile.changed ?? 0) + (this.#isKnown || this.isLess ? 0 : 1);
  }

  /** The source is as it was when not all of its attributes could be kept. */
  get isLess(): boolean {
    return !this.#isKnown && this.#known !== undefined && this.#known.hasLess(collector.entry);
  }

  /** The source is as it was when it had no attribute. */
  get isBare(): boolean {
    this.#isBare ||= this.#known === undefined && this.#wasBareElsewhere();
    return this.#isBare;
  }

  /** Of another directory at the destination than this one only the source is known; new ones do not ask. */
  #wasBareElsewhere(): boolean {
    const left = this.#left;
    if (left.rows.length === 0) return false;
    left.elsewhere ??= new KnownPrints(left.rows, this.#lane.look);
    return left.elsewhere.has(collector.entry) && left.elsewhere.isBare;
  }

  /** Whether it has none now; a change within the tick of the clock that its last change was in would not show. */
  sawAttributes(isBare: boolean, stat: Stat): void {
    this.#isBare = isBare && stat.isUnchangedSince(this.#quietSince, 0);
  }

  /** Nothing needs to be asked of the destination: the source is as it was, and the user believes the Journal. */
  get isTrusted(): boolean {
    return this.#isKnown && this.#lane.setup.trust && this.#known!.isCovered;
  }

  /** Neither side changed since a run of ours compared everything there is to compare. */
  isUntouched(present: Stat): boolean {
    if (this.#isKnown && this.#known?.isAsLeft(present)) return true;
    this.#isStale = true;
    return false;
  }

  /** The entry at hand is at the destination, where what was lost may be kept another time. */
  keep({ xattr, acl }: Kept = all): void {
    if (xattr + acl > 0) collector.keepLess();
    else if (this.#isBare) collector.keepBare();
    else collector.keep();
  }

  /** The same as it was looked at last, which may be after it changed. */
  keepAs(name: Name, stat: Stat, lost: Kept): void {
    collector.look(name, stat);
    this.#isBare = false;
    this.keep(lost);
  }

  #slice(): number {
    const { whole, slice } = this.#dir;
    return whole || slice > 0 ? slice : later + this.#lane.ledger.out.id;
  }

  /** Tells what is left here, where that is not what was known. */
  flush(): void {
    const { out } = this.#lane.ledger;
    const slice = this.#slice();
    const old = this.#left.rows.find((row) => row.slice === slice);
    const prints = collector.take();
    if (this.#isStale || !isEqual(prints, old, this.#lane.look)) {
      if (prints.length > onlyPlace || old) out.left.push({ dir: this.#key, slice, stamp: clock(), prints });
    }
    const slices = firstOf(this.#dir.given) || 1; // the directory itself is before them
    if (this.#dir.whole && this.#left.rows.some((row) => row.slice >= slices))
      out.leftEnd.push({ dir: this.#key, slices });
  }
}

/** As coarse as times are, and more. */
const quietSeconds = 3;

/** Bytes of prints that say nothing but which directory it is. */
const onlyPlace = 16;

type Left = {
  readonly rows: readonly LeftRow[];
  readonly known: KnownPrints | undefined;
  /** what is known where nothing is of this directory at the destination, once somebody asks */
  elsewhere?: KnownPrints;
};

/** A very large directory comes in many slices, and is read once for all that follow each other in this thread. */
let last: { readonly left: Left; readonly lane: Lane; readonly key: bigint } | undefined;

function leftIn(lane: Lane, key: bigint, isPlaced: boolean): Left {
  if (last?.lane === lane && last.key === key) return last.left;
  const rows = lane.leftIn(key);
  // Slices of the same directory may have been left at different times: each says which place it is about.
  const about = isPlaced ? rows.filter((row) => collector.isPlaceOf(row)) : rows;
  const known = about.length > 0 ? new KnownPrints(about, lane.look) : undefined;
  const left = { rows, known };
  last = rows.length > 2 ? { lane, key, left } : undefined;
  return left;
}

/** Entries that come after their directory was looked at get a slice of their own, until it is looked at again. */
const later = 2 ** 30;

/** What was compared by who left it before is not forgotten because this run leaves out some of it. */
function isEqual(prints: Uint8Array, old: LeftRow | undefined, look: number): boolean {
  if (!old) return prints.length <= onlyPlace;
  return covers(old, look) && Buffer.compare(prints.subarray(8), old.prints.subarray(8)) === 0;
}

/** Rounded up, so that what this run did itself is not later. */
function clock(): bigint {
  return BigInt(Date.now() + 1) * 1_000_000n;
}
