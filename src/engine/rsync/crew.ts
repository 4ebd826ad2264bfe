/** What all lanes of a run of rsync's share, made anew for each run. */
import { createBoard, type SignalBoard } from '../../conduct/lanes/signal-board.ts';
import { excludedBy } from '../../profile/filter.ts';
import { itself } from '../../store/path.ts';
import { createRate } from '../../work/rate.ts';
import { Cases } from '../cases.ts';
import type { Pace } from './program/link.ts';
import { Leftovers } from './room/leftovers.ts';
import { Room } from './room/room.ts';
import { roomFar, roomHere } from './room/room-places.ts';
import { isFar, type RsyncSetup } from './setup.ts';

export type Crewed = {
  readonly setup: RsyncSetup;
  readonly board: SignalBoard;
  readonly room: Room;
  readonly leftovers: Leftovers;
  readonly pace: Pace;
  /** the destination itself, where both ends are here */
  readonly destFile: string | undefined;
  /** where the destination does not tell upper from lower case */
  readonly cases: Cases | undefined;
  readonly excluded: ((path: string, isDirectory: boolean) => boolean) | undefined;
};

export async function crewFor(setup: RsyncSetup): Promise<Crewed> {
  const { to, dest, bytesPerSecond: rate } = setup;
  const board = createBoard();
  const there = isFar(setup) ? undefined : await dest.stat(itself, board.signal);
  const place = to.kind === 'far' ? roomFar(to.shell) : roomHere(dest);
  return {
    setup,
    board,
    destFile: there?.kind === 'directory' ? there.file : undefined,
    room: new Room(place, to.kind === 'far' ? to.shell.root : to.dir, setup.room),
    leftovers: new Leftovers(place, setup),
    pace: isFar(setup) && rate !== undefined ? createRate(rate) : undefined,
    cases: dest.foldsCase ? new Cases(dest) : undefined,
    excluded: excludedBy(setup.rules),
  };
}
