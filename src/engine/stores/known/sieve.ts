/** What did not change, found by comparing numbers with numbers: what the kernel says here with what find printed there. */
import { emptyProfile, mergeProfile, type Profile } from '../../../profile/profile.ts';
import { tallyEntry } from '../../../profile/tally.ts';
import type { Sieve } from '../../../store/rows.ts';
import type { Here } from '../directory/here.ts';
import { mayPass } from './unchanged.ts';

const second = 1_000_000_000n;

/** Of a directory of this machine that is being listed; undefined where there is more to compare, or no numbers. */
export function sieveOf(here: Here, profile: Profile): Sieve | undefined {
  const { lane, rows } = here;
  const { comparedSince, keep } = lane.setup;
  if (!rows || !mayPass(here)) return undefined;
  const before = comparedSince - 1n; // whose attributes changed later may have others now
  const [seconds, ns] = [Number(before / second), Number(before % second)];
  const passed = emptyProfile();
  return {
    passes(at, stat) {
      if (stat.size === 0 || (stat.links > 1 && keep.hardlinks)) return false;
      if (comparedSince > 0n && !stat.isUnchangedSince(seconds, ns)) return false;
      if (!rows.isLike(at, stat) || lane.isOursAt(at)) return false;
      tallyEntry(passed, stat);
      return true;
    },
    done() {
      if (passed.files === 0) return;
      here.isEmpty = false;
      lane.passed(passed.files);
      lane.ledger.skipped(passed.bytes, passed.files);
      mergeProfile(profile, passed);
    },
  };
}
