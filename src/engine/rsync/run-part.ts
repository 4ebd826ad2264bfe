/** Runs rsync on the names of a Part, and gathers what it says of them as it goes. */

import type { Hand } from './hand.ts';
import type { Part } from './part/part.ts';
import { largeBytes } from './part/part-size.ts';
import { type Ended, runRsync } from './program/child.ts';
import { type Item, readItem, readLeftOut, readProgress } from './program/item.ts';
import { type Errand, wordsFor } from './program/words.ts';
import { tellWrote } from './tell-wrote.ts';

export type Run = {
  readonly ended: Ended;
  /** what was done, or would be, by path; the first thing that was said of it */
  readonly items: Map<string, Item>;
  /** special files that may not be made there, by path */
  readonly leftOut: ReadonlySet<string>;
};

/** bytes in a file, on average */
const worthShowing = 256 * 1024;

type How = { readonly isTrial: boolean; readonly items: Map<string, Item> };

export async function runPart(hand: Hand, part: Part, { isTrial, items }: How): Promise<Run> {
  const { setup, board, pace, room } = hand.crewed;
  const errand = errandFor(hand, part, isTrial);
  const leftOut = new Set<string>();
  let moved = 0;
  const said = (line: string) => {
    const item = readItem(line);
    const passed = item ? undefined : readLeftOut(line);
    if (passed !== undefined) leftOut.add(passed);
    const bytes = item || isTrial ? undefined : readProgress(line);
    if (bytes !== undefined && bytes > moved) {
      board.count(bytes - moved, 0);
      moved = bytes;
    }
    if (!item || items.has(item.path)) return;
    items.set(item.path, item);
    if (!errand.showsBytes && !isTrial) board.count(bytesOf(part, item), 0);
  };
  const rootOnly = part.entries.size === 0 ? ['--exclude=*'] : []; // else it means all that is in it
  const words = [...wordsFor(setup, errand), ...rootOnly];
  const rooms = isTrial ? [] : room.directories;
  const task = { setup, words, names: part.names, pace, isHeavy: true, rooms, said };
  try {
    return { ended: await runRsync(task, hand.signal), items, leftOut };
  } finally {
    if (!isTrial || setup.sweep) tellWrote(setup, part); // a run before may have done what is found
  }
}

function errandFor({ crewed: { room } }: Hand, part: Part, isTrial: boolean): Errand {
  const [first] = part.entries.values();
  const isLarge = part.entries.size === 1 && first?.kind === 'file' && first.size >= largeBytes;
  return {
    dryRun: isTrial,
    showsBytes: !isTrial && part.bytes >= part.entries.size * worthShowing,
    tempDir: isTrial || !room.isThere ? undefined : room.tempDir,
    partialDir: isLarge && !isTrial ? room.partialDir(first.path) : undefined,
  };
}

function bytesOf(part: Part, { action, path }: Item): number {
  const entry = action === 'copy' || action === 'update' ? part.entries.get(path) : undefined;
  return entry?.kind === 'file' ? entry.size : 0;
}
