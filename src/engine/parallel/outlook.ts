/**
 * How long a walk will go on, as far as can be told from what was walked: each directory is taken to hold as much as
 * those beside it, with all that is below them. Good for whether more threads are worth their start, no more.
 */
import { namesIn } from '../../conduct/frontier/divide.ts';
import type { Job } from '../../conduct/jobs.ts';
import type { Bundle } from '../../profile/bundle.ts';

export class Outlook {
  /** what part of the whole each bundle is that waits */
  readonly #shares = new Map<Bundle, number>();
  #left = 0;
  #done = 0;
  #names = 0; // of single entries that wait

  /** Names of a directory that is being walked, which wait for somebody else now. */
  shared({ names }: Bundle): void {
    this.#names += namesIn(names);
  }

  /** A walk has ended, but for this rest of it: the directory that it was in when it stopped is the last. */
  ended(job: Job, rest: readonly Bundle[]): void {
    if (job.kind !== 'walk') return;
    const { bundle } = job;
    const names = namesIn(bundle.names);
    if (bundle.slice > 0) this.#names -= names;
    let each = this.#take(bundle) / Math.max(1, names);
    rest.forEach((left, at) => {
      const count = namesIn(left.names);
      if (at > 0 || !isRestOf(left, bundle, names)) each /= (left.walked ?? 0) + count;
      this.#add(left, each * count);
    });
  }

  /** What is left will take about as long, where so many entries took so long. */
  leftMs(spentMs: number, entries: number): number {
    if (this.#done === 0) return 0;
    return spentMs * (this.#left / this.#done + this.#names / Math.max(1, entries));
  }

  #add(bundle: Bundle, share: number): void {
    this.#shares.set(bundle, share);
    this.#left += share;
    this.#done -= share;
  }

  #take(bundle: Bundle): number {
    const waited = this.#shares.get(bundle);
    this.#shares.delete(bundle);
    this.#left -= waited ?? 0;
    const share = waited ?? (bundle.slice > 0 ? 0 : 1); // what the run begins with is the whole
    this.#done += share;
    return share;
  }
}

/** Some of its own names, and not those of a directory below it. */
function isRestOf(left: Bundle, { dir, what }: Bundle, names: number): boolean {
  if (what !== 'trees' || Buffer.compare(left.dir, dir) !== 0) return false;
  return namesIn(left.names) + (left.walked ?? 0) === names;
}
