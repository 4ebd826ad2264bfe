/** What the lanes of every way are told: of runs before, and of what was asked for. */
import type { LaneSetup } from '../engine/parallel/lane-setup.ts';
import type { Preserve, Selection } from '../request.ts';

/** What a run knows of those before it. */
export type Known = Pick<LaneSetup, 'sweep' | 'spared' | 'suspectSince' | 'trust' | 'leftPath'> & {
  readonly key: string;
  readonly suspectUntil: bigint | undefined;
  /** ns since 1970: attributes that changed since were not compared by a run before */
  readonly comparedSince: bigint;
  /** of large files that changed in place, those of so many bytes or more go by delta; undefined: none */
  readonly deltaFrom: number | undefined;
};

/** What a verb that only looks asks for. */
export type Looking = Selection & {
  readonly preserve: Preserve;
  readonly checksum: boolean;
  readonly bytesPerSecond: number | undefined;
};
