import type { Preserve } from '../../request.ts';
import type { Carrier } from '../../store/rclone/carrier.ts';
import type { Store } from '../../store/store.ts';

/** What batches of one run have to know. */
export type CopyHow = {
  readonly keep: Preserve;
  readonly ownTag: string;
  readonly tag: string;
  /** what names of rclone's end in for what is not whole */
  readonly suffix: { readonly own: string };
  readonly retries: number;
  /** Says that something went wrong, and is tried again. */
  readonly warn: (message: string) => void;
};

/** Each job lists what it copies, and its end waits for the last of its files. */
export const budget = { first: 1000, entries: 8000, bytes: 128 * 1024 * 1024 };

/** A directory of this machine as rclone writes it, or a place that it reaches. */
export type CopyEnd = { readonly target: string; readonly carrier: Carrier | undefined };

export type Copying = {
  /** whose rclone copies */
  readonly carrier: Carrier;
  readonly from: CopyEnd;
  readonly to: CopyEnd;
  /** of the destination */
  readonly dest: Store;
  /** in what steps the source tells times; undefined: they are not those of its files */
  readonly timeStepNs: number | undefined;
  readonly how: CopyHow;
};
