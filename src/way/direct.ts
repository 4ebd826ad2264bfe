/**
 * How ranges of large files go from host to host where that may be done without this machine (`--direct`): straight, or
 * through here, whichever was quicker. What cannot go straight goes through here, which is said.
 */

import { TransferError } from '../errors.ts';
import type { DirectUse, Report } from '../report/events.ts';
import { show } from '../report/show.ts';
import { blockBytes } from '../ssh/straight/line.ts';
import { createStraightLines, type StraightLines } from '../ssh/straight/lines.ts';
import { changed } from '../store/body-faults.ts';
import type { Direct, DirectRange, DirectWays } from '../store/direct.ts';
import type { FileEntry } from '../store/entry.ts';
import { type RelativePath, splitPath } from '../store/path.ts';
import type { Shell } from '../store/shell.ts';
import { inside } from '../work/posix/path.ts';
import { createTurns } from '../work/turns.ts';
import type { Between } from './between.ts';
import { QuickerWay } from './quicker-way.ts';

const mostFailures = 8; // one after the other, of up to four lines

export class DirectBetween implements Direct, AsyncDisposable {
  readonly #ends: Between;
  readonly #report: Report;
  readonly #lines: StraightLines | undefined;
  readonly #choice = new QuickerWay();
  readonly #turns = createTurns(1);
  #bytes = 0;
  #failures = 0;

  /** Both ends are behind SSH. */
  constructor(ends: Between, report: Report, signal: AbortSignal) {
    this.#ends = ends;
    this.#report = report;
    this.#lines = linesBetween(ends, signal);
  }

  /** What became of it. */
  used(): DirectUse {
    return { bytes: this.#bytes, reason: this.#choice.reason };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lines?.[Symbol.asyncDispose]();
  }

  async put(one: DirectRange, ways: DirectWays, signal: AbortSignal): Promise<void> {
    if (this.#choice.way === 'unknown') {
      using _ = await this.#turns(signal);
      if (this.#choice.way === 'unknown') return await this.#measured(one, ways, signal);
    }
    const goesStraight = this.#choice.way === 'straight' && one.range.offset % blockBytes === 0;
    if (!(goesStraight && (await this.#straight(one, ways, signal)))) await ways.here();
  }

  /** One that decides, or helps to. */
  async #measured(one: DirectRange, ways: DirectWays, signal: AbortSignal): Promise<void> {
    if (!this.#lines) this.#giveUp('not both hosts run programs for us');
    else await this.#lines.ready(signal).catch((error: Error) => this.#giveUp(error.message));
    if (this.#choice.way === 'here') return ways.here();
    const startMs = performance.now();
    if (this.#choice.next === 'here') await ways.here();
    else if (!(await this.#straight(one, ways, signal))) return ways.here();
    this.#choice.took({ bytes: one.range.length, ms: Math.max(1, performance.now() - startMs) });
  }

  /** False: it did not arrive so. */
  async #straight(one: DirectRange, ways: DirectWays, signal: AbortSignal): Promise<boolean> {
    const { length } = one.range;
    await this.#mustBeSame(one.file, signal);
    await ways.pace(length);
    if (!(await this.#copied(one, signal))) return false;
    await this.#mustBeSame(one.file, signal);
    this.#failures = 0;
    this.#bytes += length;
    ways.moved(length);
    return true;
  }

  async #copied({ file, partial, range }: DirectRange, signal: AbortSignal): Promise<boolean> {
    const { source, dest } = this.#ends;
    const [from, to] = [farFile(source.store.shell!, file.path), farFile(dest.store.shell!, partial)];
    try {
      await this.#lines!.copy(from, to, range, signal);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TransferError)) throw error;
      this.#failures += 1;
      if (this.#failures >= mostFailures) this.#giveUp(error.message);
      return false;
    }
  }

  async #mustBeSame({ path, print }: FileEntry, signal: AbortSignal): Promise<void> {
    const now = await this.#ends.source.store.stat(path, signal);
    if (now?.kind !== 'file' || now.print !== print) throw changed(show(path));
  }

  #giveUp(reason: string): void {
    if (!this.#choice.giveUp(reason)) return;
    this.#report({ type: 'warning', message: `${reason}; all goes through this machine`, hint: undefined });
  }
}

function linesBetween({ source, dest }: Between, signal: AbortSignal): StraightLines | undefined {
  const [from, to] = [source.store.shell?.peer, dest.store.shell?.peer];
  return from && to && createStraightLines(from, to, signal);
}

function farFile({ root }: Shell, path: RelativePath) {
  const { dir, name } = splitPath(path);
  return { dir: inside(root, dir), name };
}
