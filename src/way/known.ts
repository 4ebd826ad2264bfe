/** What the lanes of every way are told: of runs before, of what was asked for, and how much they do at once. */
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

/** Of what lanes do at once, in ranges, and in one Part. */
export const sizes = {
  inlineBytes: 1024 * 1024,
  rangeBytes: 64 * 1024 * 1024,
  budget: { entries: 2000, bytes: 32 * 1024 * 1024 },
} as const;

/** What a verb that only looks asks for. */
export type Looking = Selection & {
  readonly preserve: Preserve;
  readonly checksum: boolean;
  readonly bytesPerSecond: number | undefined;
};
