/** Says what became of jobs, and adds it to the score; stops the run where too much of it failed. */
import { takesNoMore } from '../../errors.ts';
import { mergeProfile } from '../../profile/profile.ts';
import { type Failure, mergeNotices, mergeTally, type Report } from '../../report/events.ts';
import type { Done, Outcome } from '../jobs.ts';
import type { Barrier, Board } from '../lanes/lanes.ts';
import type { Score } from './score.ts';

export type Scoring = {
  readonly board: Board;
  readonly barrier: Barrier;
  /** so many failures since it began or went on are too many; 0: none are */
  readonly maxErrors: number;
  readonly report: Report;
};

export class Scorer {
  readonly #with: Scoring;
  readonly #score: Score;

  constructor(scoring: Scoring, score: Score) {
    this.#with = scoring;
    this.#score = score;
  }

  did(done: readonly Done[]): void {
    const { report } = this.#with;
    for (const { action, path, bytes } of done) report({ type: 'entry', action, path, bytes });
  }

  /** What it did and what failed; what a stopped job did is done, though its Part is not. */
  say(outcome: Outcome): void {
    this.did(outcome.done);
    for (const failure of outcome.failures) {
      this.#with.report({ type: 'failed', failure });
      if (takesNoMore(failure.kind)) this.#score.full ??= failure;
    }
    if (outcome.stopped) mergeTally(this.#score.tally, outcome.tally);
  }

  /** All that a job came to which was not stopped. */
  count(outcome: Outcome): void {
    const score = this.#score;
    mergeTally(score.tally, outcome.tally);
    mergeProfile(score.profile, outcome.profile);
    mergeNotices(score.notices, outcome.notices);
    for (const { device, dir } of outcome.devices) this.#with.barrier.wrote(device, dir);
    this.#checkLimit();
  }

  /** Something failed after its job had ended. */
  failed(failure: Failure): void {
    this.#score.tally.failed++;
    this.#with.report({ type: 'failed', failure });
    this.#checkLimit();
  }

  #checkLimit(): void {
    const { maxErrors, board } = this.#with;
    const { tally, before } = this.#score;
    if (maxErrors > 0 && tally.failed - before.failed >= maxErrors) board.stop();
  }
}
