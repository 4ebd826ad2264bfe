/** What the conductor asks of those who do its jobs, wherever they run. */
import type { Bundle } from '../../profile/bundle.ts';
import type { Done, Job, Outcome } from '../jobs.ts';

/** What lanes tell of themselves, at any time after they began. */
export type Told = {
  readonly ended: (job: Job, outcome: Outcome) => void;
  /** names to share, while the job `parent` goes on */
  readonly shared: (parent: number, bundle: Bundle) => void;
  /** what a job has done so far, and does not say again at its end */
  readonly did?: (done: readonly Done[]) => void;
  /** one that could not take a job before can now */
  readonly ready: () => void;
  /** nothing can go on */
  readonly broken: (error: unknown) => void;
};

/** Several who each do one job at a time; their number can change while they work. */
export type Lanes = {
  readonly count: number;
  readonly busy: number;
  /** how many could take a job now */
  readonly idle: number;
  /** Makes it this many, one at least: too many get no job more. */
  resize(count: number): void;
  /** Gives a job to an idle lane; call only when there is one. */
  give(job: Job): void;
  /** Resolves when none of them runs any more. */
  end(): Promise<void>;
};

export type StartLanes = (told: Told) => Lanes;

/** What lanes and conductor see of each other while they work. */
export type Board = {
  readonly stopped: boolean;
  stop(): void;
  /** lanes that would like a job */
  idle: number;
  /** what moved so far */
  totals(): { readonly bytes: number; readonly entries: number };
};

/** Makes what was written durable. */
export type Barrier = {
  /** Something was written on this file system, in this directory. */
  wrote(device: bigint, dir: Uint8Array): void;
  /** Whether all that was written before this call is on disk now. */
  pass(): Promise<Passed>;
};

/** 'lost': what was written since the last one may never get there; 'unknown': the place could not be asked. */
export type Passed = 'durable' | 'lost' | 'unknown';
