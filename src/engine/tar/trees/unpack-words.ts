/** What the thread that unpacks and the one that reaches the other side say to each other. */
import type { Outcome } from '../../../conduct/jobs.ts';
import type { Bundle } from '../../../profile/bundle.ts';
import type { Rule } from '../../../profile/filter.ts';
import type { Holder } from '../../../store/local/probe/holder.ts';
import type { BatchHow } from '../far-place.ts';

export type UnpackSetup = {
  /** the destination */
  readonly root: Uint8Array;
  readonly holder: Holder;
  readonly rules: readonly Rule[];
  readonly how: Pick<BatchHow, 'keep' | 'tag' | 'ownTag'>;
  readonly verbose: boolean;
  readonly inlineBytes: number;
  /** many small batches at once fill a long line sooner */
  readonly isFar: boolean;
  /** what makes an order: the rest is left for others */
  readonly most: { readonly entries: number; readonly bytes: number };
};

export type ToUnpacker =
  /** what all that follows is about */
  | { readonly say: 'setup'; readonly setup: UnpackSetup }
  | { readonly say: 'order'; readonly id: number; readonly bundle: Bundle }
  /** nobody wants it any more: what has no final name goes */
  | { readonly say: 'stop'; readonly id: number }
  /** where what a run writes is to be found */
  | { readonly say: 'begun'; readonly run: number; readonly memory: SharedArrayBuffer }
  /** who waits for more of what it writes finds some */
  | { readonly say: 'more'; readonly run: number }
  /** undefined: it was cut off */
  | { readonly say: 'ended'; readonly run: number; readonly code: number | undefined }
  | { readonly say: 'end' };

/** What is to be run on the other side: `find` for directories, or all below them; or `tar` for names, which may tell their times. */
export type FarWork = 'list' | 'list all' | 'pack' | 'pack with times';

export type FromUnpacker =
  | {
      readonly say: 'run';
      readonly id: number; // of the order
      readonly run: number;
      readonly work: FarWork;
      readonly list: Uint8Array;
    }
  /** who waits to hand on more of what it writes finds room */
  | { readonly say: 'room'; readonly run: number }
  /** all that it wrote was taken */
  | { readonly say: 'emptied'; readonly run: number }
  /** nothing more of it is wanted */
  | { readonly say: 'refuse'; readonly run: number }
  /** a file was found that somebody else is to move, and that takes long */
  | { readonly say: 'much' }
  | { readonly say: 'moved'; readonly id: number; readonly bytes: number; readonly entries: number }
  | { readonly say: 'done'; readonly id: number; readonly out: Outcome | undefined };
