/** What the lanes of every way are told: of runs before, and of what was asked for. */
import type { LaneSetup } from '../engine/parallel/lane-setup.ts';
import type { Preserve, Selection } from '../request.ts';

/** What a run knows of those before it. */
export type Known = Pick<LaneSetup, 'sweep' | 'spared' | 'suspectSince' | 'trust' | 'leftPath'> & {
  readonly key: string;
  readonly suspectUntil: bigint | undefined;
  /** ns since 1970: attributes that changed since were not compared by a run before */
  readonly comparedSince: bigint;
  /** the line is slow enough for sending only what changed in large files */
  readonly sendsChanges: boolean;
};

/** What a verb that only looks asks for. */
export type Looking = Selection & {
  readonly preserve: Preserve;
  readonly checksum: boolean;
  readonly bytesPerSecond: number | undefined;
};
