/**
 * The main loop of an engine: gives lanes what is next, takes what became of it, and keeps the checkpoint.
 *
 * It ends when nothing is left, when it was told to stop, when the destination is full, or when a barrier failed
 * (then what was written since the last good one has to be written again from the source).
 */
import type { Bundle } from '../profile/bundle.ts';
import type { Failure, Progress } from '../report/events.ts';
import { Bigs } from './bigs/bigs.ts';
import { Checkpoint } from './checkpoint/checkpoint.ts';
import { Teller } from './checkpoint/tell-journal.ts';
import type { Conducting } from './conducting.ts';
import { Frontier } from './frontier/frontier.ts';
import { PartQueue } from './frontier/part-queue.ts';
import type { Done, Job, Outcome } from './jobs.ts';
import { joined, Links } from './links/links.ts';
import { Gauge } from './score/gauge.ts';
import { Once } from './score/made-once.ts';
import type { Score } from './score/score.ts';
import { Scorer } from './score/scorer.ts';

export class Conductor {
  readonly score: Score;
  readonly #with: Conducting;
  readonly #frontier: Frontier;
  readonly #checkpoint: Checkpoint;
  readonly #queue: PartQueue;
  readonly #teller: Teller;
  readonly #scorer: Scorer;
  readonly #bigs: Bigs;
  readonly #once = new Once();
  readonly #links: Links;
  readonly #gauge: Gauge;
  #underWay = 0;
  #finishing = 0; // of those, large files that have all their bytes
  #isUrgent = false;

  constructor(conducting: Conducting, score: Score) {
    this.#with = conducting;
    this.#frontier = new Frontier(conducting.apart);
    this.#checkpoint = new Checkpoint(score);
    this.#queue = new PartQueue(this.#frontier, this.#checkpoint);
    this.score = score;
    this.#scorer = new Scorer(conducting, score);
    this.#gauge = new Gauge(score);
    this.#teller = new Teller(conducting, this.#checkpoint, score);
    this.#bigs = new Bigs({
      rangesOf: conducting.rangesOf,
      tries: conducting.setup.retries,
      open: (parent, row) => this.#queue.open(parent, row),
      look: (parent, bundle) => this.#queue.addWalk(parent, bundle, { inline: false, alone: true }),
      failed: (id, failure) => this.#failedLater(id, failure),
      frontier: this.#frontier,
      checkpoint: this.#checkpoint,
      link: (group) => this.#queue.addLinks([group], true),
      begun: (bytes) => this.#gauge.begun(bytes),
    });
    this.#links = new Links(conducting.journal);
    this.#queue.restore(conducting.journal.pendingParts(), (row) => this.#bigs.restore(row));
  }

  get hasWork(): boolean {
    return !this.#frontier.isEmpty || this.#underWay > 0;
  }

  /** Whether more lanes would have something to do. */
  get isPlentiful(): boolean {
    return this.#frontier.size > 0;
  }

  /** Whether all that is left is one large file. */
  get isOneFile(): boolean {
    return this.#frontier.isOneFile && this.#underWay === 0;
  }

  progress(moved: { bytes: number; entries: number }, lanes: number): Progress {
    return this.#gauge.progress(moved, { walkEnded: this.#queue.isWalkOver, lanes });
  }

  /** The next job, if there is one; `sharers` lanes would like one. */
  take(sharers: number): Job | undefined {
    if (this.#with.board.stopped) return undefined;
    const job = this.#frontier.next();
    if (!job) return undefined;
    this.#began(job);
    return job.kind === 'walk' && sharers > 1 && this.#frontier.isEmpty
      ? this.#queue.share(job, sharers)
      : job;
  }

  /** The next job, if it is done in no time. */
  takeQuick(mostBytes: number): Job | undefined {
    const job = this.#with.board.stopped ? undefined : this.#frontier.nextQuick(mostBytes);
    if (job) this.#began(job);
    return job;
  }

  #began({ kind }: Job): void {
    this.#underWay++;
    if (kind === 'finish') this.#finishing++;
  }

  /** A lane gave names of a very large directory away. */
  shared(parent: number, bundle: Bundle): void {
    this.#queue.addWalk(parent, bundle, { inline: false });
  }

  /** A job did this, and goes on. */
  did(done: readonly Done[]): void {
    this.#scorer.did(done);
  }

  ended(job: Job, outcome: Outcome): void {
    this.#underWay--;
    if (job.kind === 'finish') this.#finishing--;
    const isListed = job.kind === 'walk' && job.bundle.what === 'entries' && job.bundle.slice === 0;
    if (isListed && this.#with.setup.dryRun) this.#once.filter(outcome);
    this.#bigs.mute(job, outcome);
    this.#scorer.say(outcome);
    if (outcome.stopped) {
      if (job.kind === 'range') this.#bigs.stopped(job);
      return;
    }
    this.#scorer.count(outcome);
    this.#isUrgent ||= this.#with.tellsBegun && job.kind === 'begin' && outcome.big === 'begun';
    if (this.#bigs.ended(job, outcome)) return;
    for (const bundle of outcome.rest) this.#queue.addWalk(job.id, bundle, { inline: false });
    for (const file of outcome.bigs) this.#bigs.add(job.id, file, outcome.groups);
    this.#bigs.looked(job.id, outcome);
    if (job.kind === 'links') this.#checkpoint.linked(joined(job.groups, outcome));
    if (job.kind === 'walk') this.#queue.walkEnded();
    this.#checkpoint.done(job.id, outcome);
  }

  /** Called when no lane has a job and none is left: brings the links, if any are to be made. False: all is done. */
  async refill(): Promise<boolean> {
    await this.pass();
    if (this.#with.board.stopped) return false;
    this.#gauge.linkGroups ??= this.score.profile.linkGroups + this.#with.journal.countLinkGroups();
    const groups = this.#links.next();
    if (groups.length === 0) return this.#tidy();
    this.score.profile.linkGroups += groups.length;
    this.#queue.addLinks(groups, false);
    return true;
  }

  /** The last thing to do; false when that was done before. */
  #tidy(): boolean {
    this.#bigs.dropLeftovers();
    return this.hasWork;
  }

  /** A barrier, and then the Journal is told what it made durable. */
  pass(): Promise<void> {
    this.#isUrgent = false;
    return this.#teller.pass(this.#queue.isWalkOver);
  }

  /** Whether it cannot wait for its turn. */
  get isPassUrgent(): boolean {
    return this.#isUrgent && this.#teller.isDue;
  }

  /** Whether the Journal should be told now, and not later. */
  get isPassDue(): boolean {
    const isEnding = this.#finishing > 0 && this.#finishing === this.#underWay && this.#frontier.isEmpty;
    return this.#teller.isDue && !isEnding; // the last barrier comes in a moment, and would wait for this one
  }

  #failedLater(id: number, failure: Failure): void {
    this.#scorer.failed(failure);
    this.#checkpoint.failed(id, failure);
  }
}
