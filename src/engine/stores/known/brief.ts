import type { StoresSetup } from '../setup.ts';

/** Whether a list of either end may leave out what is to be compared. */
export function areBrief({ source, dest }: Pick<StoresSetup, 'source' | 'dest'>): boolean {
  return (source.take ?? dest.take) !== undefined;
}
