import type { Carry } from '../../../store/batch.ts';
import { each } from '../../../work/each.ts';
import type { Lane } from '../lane.ts';
import { lostOf, wantedOf } from './same.ts';

const atOnce = 64; // each is one question and its answer

/**
 * Gives what arrived in a batch without them its owner and time. Who may give nothing away gives no owner: that it is
 * not kept was said of the batch.
 */
export async function dressBare(lane: Lane, bare: readonly Carry[]): Promise<void> {
  const { ledger, setup, signal } = lane;
  if (bare.length === 0 || !setup.dest.dress) return;
  lane.wrote();
  await each(atOnce, bare, signal, async ({ entry }) => {
    const { owner, mtimeNs } = wantedOf(entry, setup);
    const metadata = { mode: undefined, owner: setup.givesAway ? owner : undefined, mtimeNs };
    try {
      ledger.lost(lostOf(entry, await setup.dest.dress!(entry.path, metadata, signal), setup));
    } catch (error) {
      lane.failed(entry.path, error);
    }
  });
}
