/**
 * Tells the Journal what is durable: takes what was done so far, has the barrier make sure of it, and only then
 * commits. One at a time, however often it is asked.
 */
import type { Journal } from '../../journal/journal.ts';
import { mergeNotices, type Topic } from '../../report/events.ts';
import type { Durability } from '../../request.ts';
import type { Barrier, Board } from '../lanes/lanes.ts';
import type { Score } from '../score/score.ts';
import type { Checkpoint } from './checkpoint.ts';

type With = {
  readonly journal: Journal;
  readonly board: Pick<Board, 'stop'>;
  readonly barrier: Barrier;
  readonly durability: Durability;
};

const mostGathered = 5000;

export class Teller {
  readonly #with: With;
  readonly #checkpoint: Checkpoint;
  readonly #score: Score;
  #passing: Promise<void> | undefined;

  constructor(given: With, checkpoint: Checkpoint, score: Score) {
    this.#with = given;
    this.#checkpoint = checkpoint;
    this.#score = score;
  }

  /** Whether the Journal should be told now, and not later. */
  get isDue(): boolean {
    if (this.#passing) return false;
    return this.#with.durability !== 'run' || this.#checkpoint.size > mostGathered;
  }

  /** Resolves when all that was done before this call was told, or no barrier was passed, which stops the run. */
  async pass(walkEnded: boolean): Promise<void> {
    while (this.#passing) await this.#passing;
    if (!this.#checkpoint.hasNews) return;
    this.#passing = this.#tell(walkEnded);
    await this.#passing;
    this.#passing = undefined;
  }

  async #tell(walkEnded: boolean): Promise<void> {
    const { barrier, durability, journal, board } = this.#with;
    const beganNs = BigInt(Date.now()) * 1_000_000n;
    const news = this.#checkpoint.take();
    const isDurable = durability !== 'none';
    const passed = isDurable ? await barrier.pass() : 'durable';
    if (passed !== 'durable') {
      this.#takeBack();
      this.#score.barrierFailed = passed === 'lost';
      return board.stop();
    }
    this.#score.goodUntil = beganNs;
    const commit = { ...news(), walkEnded };
    journal.commit(isDurable ? commit : { ...commit, left: [], leftEnd: [] }); // unsure is not for later runs to trust
  }

  /** Only what is durable counts. */
  #takeBack(): void {
    Object.assign(this.#score.tally, this.#checkpoint.tally);
    Object.assign(this.#score.profile, structuredClone(this.#checkpoint.profile));
    const { notices } = this.#score;
    for (const topic of Object.keys(notices) as Topic[]) delete notices[topic];
    mergeNotices(notices, this.#checkpoint.notices);
  }
}
