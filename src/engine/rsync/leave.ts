/** How a run of rsync's ends: what it had at the destination is taken away, and does not show in its time. */
import type { Entry } from '../../store/entry.ts';
import { itself } from '../../store/path.ts';
import type { Crewed } from './crew.ts';
import { Hand } from './hand.ts';
import { Part } from './part/part.ts';
import { runPart } from './run-part.ts';
import type { RsyncSetup } from './setup.ts';
import { verdictOn } from './verdict/verdict.ts';

/** Takes the room away, which the destination's own time must not show. */
export async function leave(crewed: Crewed): Promise<void> {
  const { setup, room, board } = crewed;
  if (setup.dryRun || !room.isThere) return;
  const [mtimeNs, root] = await Promise.all([
    room.clear(board.signal),
    setup.source.stat(itself, board.signal),
  ]);
  if (!setup.single && root && !isDressed(setup, root, mtimeNs)) {
    const { ended } = await runPart(new Hand(crewed), new Part({ root }), {
      isTrial: false,
      items: new Map(),
    });
    const error = verdictOn(ended);
    if (error) throw error;
    await setup.dest.sync?.(board.signal);
  }
}

const second = 1_000_000_000n;

/** Whether the destination has the source's own time, as finely as that is told. */
function isDressed({ keep, from }: RsyncSetup, { mtimeNs }: Entry, has: bigint | undefined): boolean {
  if (!keep.times) return true;
  if (mtimeNs === undefined || has === undefined) return false;
  return from.kind === 'far' ? mtimeNs / second === has / second : mtimeNs === has;
}
