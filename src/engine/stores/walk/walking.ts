/** What a walk goes through, and how far. */
import type { Bundle } from '../../../profile/bundle.ts';
import type { Excluded } from '../../../profile/filter.ts';
import type { Profile } from '../../../profile/profile.ts';
import type { Store } from '../../../store/store.ts';

export type Walking = {
  readonly source: Store;
  readonly profile: Profile;
  readonly excluded: Excluded | undefined;
  readonly descendInto: boolean; // directories among entries are walked too
  readonly leavesFresh: boolean; // new directories are for others
  readonly signal: AbortSignal;
  /** enough for one Part */
  readonly spent: () => boolean;
  /** too much for one, also of what is not to be left to others */
  readonly overspent: () => boolean;
  /** others have nothing to do */
  readonly hungry: () => boolean;
  /** how many entries may be under way in it now */
  readonly atOnce: () => number;
  readonly share: (bundle: Bundle) => Promise<void>;
  /** names that share a file are of interest, also where they are looked at one by one */
  readonly tellsLinks: boolean;
};
