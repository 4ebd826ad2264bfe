import type { CarryTrees } from '../../conduct/carry-trees.ts';
import type { RunSetup } from '../../conduct/setup.ts';
import type { LeftRow } from '../../journal/types.ts';
import type { FarAttributes } from '../../store/attributes.ts';
import type { Batches } from '../../store/batch.ts';
import type { Delta } from '../../store/delta.ts';
import type { Direct } from '../../store/direct.ts';
import type { Store } from '../../store/store.ts';

/** For lanes over two Stores. */
export type StoresSetup = RunSetup & {
  /** what changed at the destination from then on is not in doubt; undefined: all is that changed since `suspectSince` */
  readonly suspectUntil: bigint | undefined;
  readonly source: Store;
  readonly dest: Store;
  /** small entries go together; undefined: each goes alone */
  readonly batches: Batches | undefined;
  /** what programs at the ends know of attributes, where their Stores know nothing */
  readonly farAttributes: FarAttributes;
  /** waits until so many bytes may move, for all that move some; undefined: there is no limit */
  readonly pace: ((bytes: number, signal: AbortSignal) => Promise<void>) | undefined;
  /** ns since 1970: attributes of what changed since are compared, of what is the same otherwise; 0 never */
  readonly comparedSince: bigint;
  /** what is new goes at once, by somebody who walks the source himself */
  readonly carryTrees: CarryTrees | undefined;
  /** sends only what changed in a large file; undefined: it goes anew */
  readonly delta: Delta | undefined;
  /** ranges may go without passing through here; undefined: they do not */
  readonly direct: Direct | undefined;
  /** whether files may be given to other users there; undefined: it is found out */
  readonly givesAway: boolean | undefined;
  /** to which groups, where not to other users; undefined: nobody knows */
  readonly groups: readonly number[] | undefined;
  /** new files without kept modes are made as the user's umask says */
  readonly umask: number;
  /** what names of ours end in that another program makes: of all runs of the route, and of this one */
  readonly suffix: { readonly all: string; readonly own: string };
  readonly durable: boolean; // what is done has to survive a power cut
  /** what runs before this one found equal in a directory; undefined: nobody needs to know */
  readonly leftOf: ((dir: bigint) => readonly LeftRow[]) | undefined;
};
