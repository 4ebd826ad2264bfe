/** What all batches of a run have in common, whichever way they go. */
import type { Preserve } from '../../request.ts';
import type { Shell } from '../../store/shell.ts';
import type { FarTools } from './host/probe.ts';
import type { Squeezing } from './squeeze/squeezing.ts';

/** One end on another machine, with a shell and a tar that was tried. */
export type FarPlace = Shell & {
  readonly tools: FarTools;
  /** how long an answer takes to come, where that is known */
  readonly roundTripMs?: number | undefined;
  /** Absent: streams to and from there go as they are. */
  readonly squeezing?: Squeezing;
};

export type BatchHow = {
  readonly keep: Preserve;
  /** for modes that are not kept */
  readonly umask: number;
  /** how often what may pass, and a file that changes, are tried again */
  readonly retries: number;
  /** what all names of ours at the destination begin with, and those of this run */
  readonly tag: string;
  readonly ownTag: string;
  /** what is done has to survive a power cut */
  readonly durable: boolean;
};
