/**
 * How far a run is. Lanes count as they go and say what they found when a job ends, so the whole is never taken for less
 * than what is done; once the walk has ended it is known, and what was done twice counts once.
 */
import type { Profile } from '../../profile/profile.ts';
import type { Progress } from '../../report/events.ts';
import type { Score } from './score.ts';

export class Gauge {
  readonly #score: Score;
  readonly #startMs = performance.now();
  /** what was there before */
  readonly #before: { bytes: number; files: number };
  readonly #skippedBefore: number;

  constructor(score: Score) {
    const { profile, tally } = score;
    this.#score = score;
    this.#before = { bytes: tally.copiedBytes + tally.skippedBytes, files: entriesIn(profile) };
    this.#skippedBefore = tally.skippedBytes;
  }

  /** how many files are behind names of files with several; undefined while not all of them are known */
  linkGroups: number | undefined;

  /** So much of a large file is there already. */
  begun(bytes: number): void {
    this.#score.begunBytes += bytes;
    this.#before.bytes += bytes;
  }

  progress(
    moved: { readonly bytes: number; readonly entries: number },
    { walkEnded, lanes }: Pick<Progress, 'walkEnded' | 'lanes'>,
  ): Progress {
    const { profile, tally } = this.#score;
    const before = { ...this.#before };
    const bytes = before.bytes + moved.bytes + tally.skippedBytes - this.#skippedBefore;
    const files = before.files + moved.entries;
    const [totalBytes, totalFiles] = [this.#bytesToCome(bytes), entriesIn(profile)];
    const elapsedMs = performance.now() - this.#startMs;
    const at = walkEnded
      ? { bytes: Math.min(bytes, totalBytes), files: Math.min(files, totalFiles), totalBytes, totalFiles }
      : { bytes, files, totalBytes: Math.max(bytes, totalBytes), totalFiles: Math.max(files, totalFiles) };
    return { ...at, walkEnded, lanes, elapsedMs, ...(before.bytes + before.files > 0 && { before }) };
  }

  /** All bytes, but for those of names that become links, which are taken to be as large as each other. */
  #bytesToCome(done: number): number {
    const { profile, notices } = this.#score;
    const { bytes, linkedBytes, linkedFiles } = profile;
    const areKept = this.linkGroups && notices.hardlink === undefined;
    if (!areKept || linkedFiles === 0) return bytes;
    const spared = linkedBytes * Math.max(0, 1 - this.linkGroups! / linkedFiles);
    return Math.max(Math.round(bytes - spared), Math.min(bytes, done));
  }
}

function entriesIn({ files, directories, symlinks, specials }: Profile): number {
  return files + directories + symlinks + specials;
}
