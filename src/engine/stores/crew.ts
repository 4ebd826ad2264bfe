/** What all lanes of a run over Stores share, made anew for each run. */
import { createBoard, type SignalBoard } from '../../conduct/lanes/signal-board.ts';
import { Cases } from '../cases.ts';
import { dressLike } from './directory/chain.ts';
import { SharedDirectories } from './directory/shared-directories.ts';
import { Unmade } from './directory/unmade.ts';
import type { StoresSetup } from './setup.ts';
import { Handed } from './walk/handed-over.ts';

export type Crewed = {
  readonly setup: StoresSetup;
  readonly board: SignalBoard;
  /** whether files may be given to other users at the destination, as far as is known */
  readonly rights: { givesAway: boolean };
  /** names that went from one lane to another */
  readonly handed: Handed;
  /** undefined: the destination tells upper from lower case, as far as anybody knows */
  readonly cases: Cases | undefined;
  /** directories that are made above listed names, and those that they are made in */
  readonly directories: SharedDirectories;
  readonly unmade: Unmade;
};

export function crewFor(setup: StoresSetup): Crewed {
  const board = createBoard();
  return {
    setup,
    board,
    rights: { givesAway: setup.givesAway ?? true },
    handed: new Handed(),
    cases: setup.dest.foldsCase ? new Cases(setup.dest) : undefined,
    directories: new SharedDirectories((dir) => dressLike(setup, dir, board.signal)),
    unmade: new Unmade(),
  };
}
