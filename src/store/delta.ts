/**
 * A large file that is at the destination in another state, and is made the same by sending what changed in it.
 */
import { isKind } from '../errors.ts';
import type { FileEntry } from './entry.ts';
import type { RelativePath } from './path.ts';
import type { Store } from './store.ts';

export type DeltaHow = {
  /** a name of ours at the destination, for a directory that is made there: what is not whole yet grows in it */
  readonly room: RelativePath;
  /** told of so many bytes of the file that are as they should be */
  readonly moved: (bytes: number) => void;
  /** waits until so many bytes may go over the line */
  readonly pace: (bytes: number) => Promise<void>;
};

export interface Delta {
  /** Whether it is of use for such a file and what has its name, and both ends can: asked of them once. */
  readonly takes: (file: FileEntry, existing: FileEntry) => Promise<boolean>;

  /**
   * Puts the new state in the place of the old one, with its metadata; the room stays. Throws where it did not ('full',
   * 'io', 'denied', 'unsupported'), or the connection failed ('transient'). May be done again.
   */
  readonly carry: (file: FileEntry, how: DeltaHow, signal: AbortSignal) => Promise<void>;
}

const roomEnd = '.delta';

export function roomName(partial: Uint8Array): Uint8Array {
  return Buffer.concat([partial, Buffer.from(roomEnd)]);
}

export function isRoom(name: string): boolean {
  return name.endsWith(roomEnd);
}

/** Takes a room away, with what a kill left in it. */
export async function removeRoom(store: Store, room: RelativePath, signal: AbortSignal): Promise<void> {
  try {
    await store.remove(room, signal);
  } catch (error) {
    if (!isKind(error, 'conflict')) throw error;
    const left: RelativePath[] = [];
    for await (const entry of store.list(room, signal)) if (entry.kind !== 'unlisted') left.push(entry.path);
    for (const path of left) await store.remove(path, signal);
    await store.remove(room, signal);
  }
}
