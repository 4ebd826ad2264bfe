/** What the rclone of a place does of a transfer by itself, and what it keeps there. */
import type { Topic } from '../../report/events.ts';
import type { Preserve } from '../../request.ts';
import type { FileEntry } from '../entry.ts';
import type { Errand } from './copy.ts';
import type { Traits } from './reach.ts';

export type Carrier = {
  /** the place as rclone writes it, which may hold secrets */
  readonly target: string;
  /** See copyMany(). */
  readonly copy: (errand: Errand, copied: (name: string) => void, signal: AbortSignal) => Promise<void>;
  /** modes and owners of files are told and kept there */
  readonly tellsMetadata: boolean;
  /** What is not kept of a file there. */
  readonly lostOf: (file: FileEntry, keep: Preserve) => readonly Topic[];
};

export function lostOf({ tellsMetadata, timeStepNs }: Traits, { mtimeNs = 0n }: FileEntry, keep: Preserve) {
  const time = timeStepNs === undefined ? 'times' : mtimeNs % BigInt(timeStepNs) === 0n ? undefined : 'clock';
  const lost: Topic[] = [];
  if (keep.mode && !tellsMetadata) lost.push('mode');
  if (keep.owner && !tellsMetadata) lost.push('owner');
  if (time !== undefined) lost.push(time);
  return lost;
}

/** Whether rclone can carry as much of the metadata as is wanted: of modes and owners both, or neither. */
export function isWanted(keep: Preserve, tellsMetadata: boolean): boolean {
  return keep.times && (!tellsMetadata || keep.mode === keep.owner);
}
