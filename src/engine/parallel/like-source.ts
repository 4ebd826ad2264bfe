/** A directory at the destination as the source has it, by its path. */
import { directoryMode } from '../../store/local/place/start-mode.ts';
import type { Target } from '../../store/local/place/target.ts';
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { openUnder } from '../../work/posix/open-under.ts';
import { Stat } from '../../work/posix/stat.ts';
import type { Lane } from './lane.ts';

/** What it is made with; its source may be gone, or be no directory. */
export function modeLike(lane: Lane, path: Uint8Array): number {
  const like = openUnder(lane.source, path, c.O_PATH | c.O_DIRECTORY);
  if (like < 0) return 0o700;
  const source = new Stat();
  source.of(like);
  libc.close(like);
  return directoryMode(source, lane.setup);
}

/** 0, or a negative error number. */
export function dressLike(lane: Lane, path: Uint8Array, target: Target): number {
  const like = openUnder(lane.source, path, c.O_RDONLY | c.O_DIRECTORY);
  if (like < 0) return 0;
  const source = new Stat();
  source.of(like);
  const lost = target.settle({ fd: like }, source, lane.setup);
  libc.close(like);
  if (typeof lost === 'number') return lost;
  lane.ledger.lost(lost);
  return 0;
}
