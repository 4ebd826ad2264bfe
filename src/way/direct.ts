/**
 * How ranges of large files go from host to host where that may be done without this machine (`--direct`): the first one
 * straight, the second one through here, and then all of them the way that was quicker. Straight is taken where both
 * are about as quick, because it leaves this machine alone. What cannot go straight goes through here, which is said.
 */

import { TransferError } from '../errors.ts';
import type { DirectUse, Report } from '../report/events.ts';
import { show } from '../report/show.ts';
import { formatBytes, formatDuration } from '../report/size.ts';
import { blockBytes } from '../ssh/straight/line.ts';
import { createStraightLines, type StraightLines } from '../ssh/straight/lines.ts';
import { changed } from '../store/body-faults.ts';
import type { Direct, DirectRange, DirectWays } from '../store/direct.ts';
import { type RelativePath, splitPath } from '../store/path.ts';
import type { Shell } from '../store/shell.ts';
import { inside } from '../work/posix/path.ts';
import { createTurns } from '../work/turns.ts';
import type { Between } from './between.ts';

export type Directs = AsyncDisposable & {
  readonly direct: Direct;
  /** what became of it */
  readonly used: () => DirectUse;
};

/** Straight is given up where through here took less than this part of its time. */
const muchQuicker = 2 / 3;
const mostFailures = 8; // one after the other, of up to four lines

type Timed = { readonly bytes: number; readonly ms: number };
type Choice = { way: 'unknown' | 'straight' | 'here'; reason: string; straight: Timed | undefined };

/** Both ends are behind SSH. */
export function directBetween({ source, dest }: Between, report: Report, signal: AbortSignal): Directs {
  const ends = { from: source.store.shell, to: dest.store.shell };
  const lines = linesBetween(ends, signal);
  const choice: Choice = {
    way: 'unknown',
    reason: 'nothing that goes is large enough for ranges',
    straight: undefined,
  };
  const turns = createTurns(1);
  let bytes = 0;
  let failures = 0;

  function giveUp(reason: string): void {
    if (choice.way === 'here') return;
    Object.assign(choice, { way: 'here', reason });
    report({ type: 'warning', message: `${reason}; all goes through this machine`, hint: undefined });
  }

  /** False: it did not arrive so. */
  async function straight(one: DirectRange, ways: DirectWays, on: AbortSignal): Promise<boolean> {
    const { file, partial, range } = one;
    const mustBeSame = async () => {
      const now = await source.store.stat(file.path, on);
      if (now?.kind !== 'file' || now.print !== file.print) throw changed(show(file.path));
    };
    await mustBeSame();
    await ways.pace(range.length);
    try {
      await lines!.copy(farFile(ends.from!, file.path), farFile(ends.to!, partial), range, on);
    } catch (error) {
      on.throwIfAborted();
      if (!(error instanceof TransferError)) throw error;
      failures += 1;
      if (failures >= mostFailures) giveUp(error.message);
      return false;
    }
    await mustBeSame();
    failures = 0;
    bytes += range.length;
    ways.moved(range.length);
    return true;
  }

  /** One that decides, or helps to. */
  async function measured(one: DirectRange, ways: DirectWays, on: AbortSignal): Promise<void> {
    if (!lines) giveUp('not both hosts run programs for us');
    else await lines.ready(on).catch((error: Error) => giveUp(error.message));
    if (choice.way === 'here') return ways.here();
    const startMs = performance.now();
    const timed = () => ({ bytes: one.range.length, ms: Math.max(1, performance.now() - startMs) });
    if (!choice.straight) {
      if (!(await straight(one, ways, on))) return ways.here();
      choice.straight = timed();
      choice.reason = 'one range went straight';
      return;
    }
    await ways.here();
    Object.assign(choice, chosen(choice.straight, timed()));
  }

  async function put(one: DirectRange, ways: DirectWays, on: AbortSignal): Promise<void> {
    if (choice.way === 'unknown') {
      using _ = await turns(on);
      if (choice.way === 'unknown') return await measured(one, ways, on);
    }
    const goesStraight = choice.way === 'straight' && one.range.offset % blockBytes === 0;
    if (!(goesStraight && (await straight(one, ways, on)))) await ways.here();
  }

  return {
    direct: { put },
    used: () => ({ bytes, reason: choice.reason }),
    [Symbol.asyncDispose]: async () => lines?.[Symbol.asyncDispose](),
  };
}

type Ends = { readonly from: Shell | undefined; readonly to: Shell | undefined };

function linesBetween({ from, to }: Ends, signal: AbortSignal): StraightLines | undefined {
  return from?.peer && to?.peer && createStraightLines(from.peer, to.peer, signal);
}

function chosen(straight: Timed, here: Timed): Pick<Choice, 'way' | 'reason'> {
  const [took, tookHere] = [straight, here].map(
    (timed) => `${formatBytes(timed.bytes)} took ${formatDuration(timed.ms)}`,
  );
  const isQuicker = here.ms / here.bytes < (muchQuicker * straight.ms) / straight.bytes;
  return {
    way: isQuicker ? 'here' : 'straight',
    reason: `straight, ${took}; through this machine, ${tookHere}`,
  };
}

function farFile({ root }: Shell, path: RelativePath) {
  const { dir, name } = splitPath(path);
  return { dir: inside(root, dir), name };
}
