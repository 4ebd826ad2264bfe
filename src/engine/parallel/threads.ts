import type { Board, StartLanes } from '../../conduct/lanes/lanes.ts';
import type { LaneSetup } from './lane-setup.ts';
import { Lanes } from './lanes.ts';
import { Shared } from './shared.ts';

/** Lanes that are threads, and the memory they share. */
export function threads(setup: Omit<LaneSetup, 'shared'>): {
  readonly board: Board;
  readonly start: StartLanes;
} {
  const board = new Shared();
  return { board, start: (told) => new Lanes({ ...setup, shared: board.buffer }, board, told) };
}
