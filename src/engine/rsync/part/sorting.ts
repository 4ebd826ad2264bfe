/** Where goes what was found for a Part: into it, among the directories to be walked, to a Part of its own, or nowhere. */
import type { Bundle } from '../../../profile/bundle.ts';
import { excludesUnlisted } from '../../../profile/filter-unlisted.ts';
import { emptyProfile, type Profile } from '../../../profile/profile.ts';
import { tallyDirectory } from '../../../profile/tally.ts';
import { tallyListed } from '../../../profile/tally-listed.ts';
import type { DirectoryEntry, Entry, Unlisted } from '../../../store/entry.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import type { Hand } from '../hand.ts';
import type { Part } from './part.ts';
import { largeBytes } from './part-size.ts';
import type { Sharing } from './sharing.ts';
import { isDest, isLeftOut, isLinked, isOurs, isUnwanted } from './sift.ts';

export type SortHow = {
  readonly isCounted: boolean; // else it was when it was found
  readonly linksToo: boolean; // names with several links go here too
  readonly descend: boolean; // directories among names are walked too
};

type Begun = { readonly bundle: Bundle; readonly how: SortHow; readonly part: Part };

export class Sorting {
  readonly profile: Profile;
  readonly #hand: Hand;
  readonly #begun: Begun;
  readonly #sharing: Sharing;
  readonly #trees: RelativePath[];

  /** `trees` are the directories that wait to be walked. */
  constructor(hand: Hand, begun: Begun, sharing: Sharing, trees: RelativePath[]) {
    this.#hand = hand;
    this.#begun = begun;
    this.#sharing = sharing;
    this.#trees = trees;
    this.profile = begun.how.isCounted ? hand.ledger.out.profile : emptyProfile();
  }

  unlisted({ path, error }: Unlisted): void {
    const { crewed, ledger } = this.#hand;
    if (excludesUnlisted(crewed.excluded, path)) ledger.notice('excluded');
    else this.#hand.failed(path, error);
  }

  /** `isOnly`: nothing else was asked for. */
  found(entry: Entry, isOnly: boolean): void {
    const hand = this.#hand;
    const { how, part } = this.#begun;
    if (isLeftOut(hand, entry)) return;
    if (entry.kind === 'directory') return isDest(hand, entry) ? undefined : this.#enter(entry);
    if (entry.kind === 'file' && entry.size >= largeBytes && !isOnly) return this.#alone(entry);
    tallyListed(this.profile, entry);
    if (isOurs(hand, entry) || isUnwanted(hand, entry)) return;
    if (how.linksToo || !isLinked(hand, entry)) part.add(entry);
  }

  #enter(entry: DirectoryEntry): void {
    if (isOurs(this.#hand, entry)) return;
    const { bundle, how, part } = this.#begun;
    part.add(entry);
    if (bundle.what === 'trees' || bundle.slice > 0 || how.descend) this.#trees.push(entry.path);
    else if (how.isCounted) tallyDirectory(this.profile, entry.path);
  }

  #alone({ path }: Entry): void {
    const { dir, name } = splitPath(path);
    this.#sharing.names(dir, Uint8Array.of(...name, 0));
  }
}
