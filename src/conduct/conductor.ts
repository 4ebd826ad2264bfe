/**
 * The main loop of an engine: gives lanes what is next, takes what became of it, and keeps the checkpoint.
 *
 * It ends when nothing is left, when it was told to stop, when the destination is full, or when a barrier failed
 * (then what was written since the last good one has to be written again from the source).
 */
import type { Journal } from '../journal/journal.ts';
import type { LinkGroup, PartRow } from '../journal/types.ts';
import type { Bundle } from '../profile/bundle.ts';
import { mergeProfile } from '../profile/profile.ts';
import { type Failure, mergeNotices, mergeTally, type Progress, type Report } from '../report/events.ts';
import type { Durability } from '../request.ts';
import { Bigs } from './bigs/bigs.ts';
import { Checkpoint } from './checkpoint/checkpoint.ts';
import { partialOf, rowOfWalk, walkOf } from './checkpoint/part-rows.ts';
import { Teller } from './checkpoint/tell-journal.ts';
import { divide } from './frontier/divide.ts';
import { Frontier, type WalkJob } from './frontier/frontier.ts';
import type { Done, Job, Outcome } from './jobs.ts';
import type { Barrier, Board } from './lanes/lanes.ts';
import { joined, Links } from './links/links.ts';
import { Gauge } from './score/gauge.ts';
import { Once } from './score/made-once.ts';
import type { Score } from './score/score.ts';
import { Scorer } from './score/scorer.ts';

export type Conducting = {
  readonly journal: Journal;
  readonly setup: { readonly retries: number; readonly dryRun: boolean };
  /** how long the ranges of a large file are to be; one that has begun keeps those it has */
  readonly rangeBytesOf: (fileBytes: number) => number;
  /** what a large file has begun under is found by nobody who is not told */
  readonly tellsBegun: boolean;
  /** lanes that write one file wait for each other */
  readonly apart: boolean;
  readonly board: Board;
  readonly barrier: Barrier;
  readonly durability: Durability;
  readonly maxErrors: number;
  readonly report: Report;
};

export class Conductor {
  readonly score: Score;
  readonly #with: Conducting;
  readonly #frontier: Frontier;
  readonly #checkpoint = new Checkpoint();
  readonly #teller: Teller;
  readonly #scorer: Scorer;
  readonly #bigs: Bigs;
  readonly #once = new Once();
  readonly #links: Links;
  readonly #gauge: Gauge;
  #lastId = 0;
  #underWay = 0;
  #finishing = 0; // of those, large files that have all their bytes
  #isUrgent = false;
  /** walks that are not done; none is left when all has been seen */
  #walks = 0;

  constructor(conducting: Conducting, score: Score) {
    this.#with = conducting;
    this.#frontier = new Frontier(conducting.apart);
    this.score = score;
    this.#scorer = new Scorer(conducting, score);
    this.#gauge = new Gauge(score);
    this.#teller = new Teller(conducting, this.#checkpoint, score);
    mergeTally(this.#checkpoint.tally, score.tally);
    mergeProfile(this.#checkpoint.profile, score.profile);
    mergeNotices(this.#checkpoint.notices, score.notices);
    this.#bigs = new Bigs({
      rangeBytesOf: conducting.rangeBytesOf,
      tries: conducting.setup.retries,
      open: (parent, row) => this.#open(parent, row),
      look: (parent, bundle) => this.#addWalk(parent, bundle, { inline: false, alone: true }),
      failed: (id, failure) => this.#failedLater(id, failure),
      frontier: this.#frontier,
      checkpoint: this.#checkpoint,
      link: (group) => this.#addLinks([group], true),
      begun: (bytes) => this.#gauge.begun(bytes),
    });
    this.#links = new Links(conducting.journal);
    this.#restore();
  }

  get hasWork(): boolean {
    return !this.#frontier.isEmpty || this.#underWay > 0;
  }

  /** Whether more lanes would have something to do. */
  get isPlentiful(): boolean {
    return this.#frontier.size > 0;
  }

  /** What all the directories that wait will take at least, if they are like those that were walked in `spentMs`. */
  leastMs(spentMs: number): number {
    return (spentMs / Math.max(1, this.score.profile.directories)) * this.#frontier.trees;
  }

  /** Whether all that is left is one large file. */
  get isOneFile(): boolean {
    return this.#frontier.isOneFile && this.#underWay === 0;
  }

  progress(moved: { bytes: number; entries: number }, lanes: number): Progress {
    return this.#gauge.progress(moved, { walkEnded: this.#walks === 0, lanes });
  }

  /** The next job, if there is one; `sharers` lanes would like one. */
  take(sharers: number): Job | undefined {
    if (this.#with.board.stopped) return undefined;
    const job = this.#frontier.next();
    if (!job) return undefined;
    this.#began(job);
    return job.kind === 'walk' && sharers > 1 && this.#frontier.isEmpty ? this.#share(job, sharers) : job;
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
    this.#addWalk(parent, bundle, { inline: false });
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
    for (const bundle of outcome.rest) this.#addWalk(job.id, bundle, { inline: false });
    for (const file of outcome.bigs) this.#bigs.add(job.id, file, outcome.groups);
    this.#bigs.looked(job.id, outcome);
    if (job.kind === 'links') this.#checkpoint.linked(joined(job.groups, outcome));
    if (job.kind === 'walk') this.#walks--;
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
    this.#addLinks(groups, false);
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
    return this.#teller.pass(this.#walks === 0);
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

  #restore(): void {
    for (const row of this.#with.journal.pendingParts()) {
      this.#lastId = Math.max(this.#lastId, row.id);
      this.#checkpoint.open(row.id, 0, () => row, true);
      if (partialOf(row)) this.#bigs.restore(row);
      else this.#queueWalk(walkOf(row));
    }
  }

  #open(parent: number, row: (id: number) => PartRow): number {
    const id = ++this.#lastId;
    this.#checkpoint.open(id, parent, () => row(id));
    return id;
  }

  #addWalk(parent: number, bundle: Bundle, how: { inline: boolean; alone?: boolean; descend?: boolean }) {
    const id = ++this.#lastId;
    const { inline, alone = false, descend = false } = how;
    const job: WalkJob = { kind: 'walk', id, bundle, inline, alone, descend };
    this.#checkpoint.open(id, parent, () => rowOfWalk(job));
    this.#queueWalk(job);
    return id;
  }

  #queueWalk(job: WalkJob): void {
    this.#walks++;
    this.#frontier.addWalk(job);
  }

  #addLinks(groups: readonly LinkGroup[], led: boolean): void {
    this.#frontier.addLinks({ kind: 'links', id: ++this.#lastId, groups, led });
  }

  /** A share now, the rest for the next lanes that ask. */
  #share(job: WalkJob, sharers: number): Job {
    const parts = divide(job.bundle, sharers);
    if (!parts) return job;
    for (const part of parts) this.#addWalk(job.id, part, job);
    this.#walks--;
    this.#checkpoint.done(job.id, undefined);
    return this.#frontier.next()!;
  }

  #failedLater(id: number, failure: Failure): void {
    this.#scorer.failed(failure);
    this.#checkpoint.failed(id, failure);
  }
}
