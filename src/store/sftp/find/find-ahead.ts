/**
 * Lists all of a place by one find there, ahead of a walk that is going to ask for one directory after the other. Only
 * so much is held, and not for long: what is not at hand is asked for alone, as if nobody had looked ahead.
 *
 * A directory is at hand when find has gone on to what is not below it. Find says of it what it could not read only at
 * its end: who has to know waits for that, `surely`, and gets nothing where it complained.
 */
import { TransferError } from '../../../errors.ts';
import { Change } from '../../../work/change.ts';
import * as c from '../../../work/posix/constants.ts';
import { join, pathKey } from '../../../work/posix/path.ts';
import type { Entry, Listed } from '../../entry.ts';
import { isOneName, itself, type RelativePath } from '../../path.ts';
import type { ListHow, Rows } from '../../rows.ts';
import type { Shell } from '../../shell.ts';
import type { Store } from '../../store.ts';
import { type NameIn, printed, QuickParser, type Row } from './found-quickly.ts';
import { entryOf, FoundRows, typeOf } from './found-rows.ts';

const mostHeld = 100_000; // entries
/** What is longer may be beyond what others there reach, who say so. */
const mostPathBytes = 3500;
const freshMs = 30_000;
/** Who waits longer asks for himself: find may be where nobody wants to go, on a disk that does not answer. */
const mostWaitMs = 3000;
const mostEarlyMs = 5000;

/** First what is in the place itself, which is at hand then, for a walk begins there; else it would be only at the end of all. */
const script =
  'export LC_ALL=C; unset CDPATH; cd -P "$1" && find . -maxdepth 1 -printf "$2" && ' +
  'exec find . "(" -type d -o -path "./*/*" ")" -printf "$2"';
const wanted = Buffer.from(printed);

type Dir = {
  readonly key: string;
  readonly entry: Entry;
  readonly found: FoundRows;
  readonly atMs: number;
  /** all that is in it was found */
  isWhole: boolean;
  /** something in it is not among what was found */
  isCut: boolean;
  /** the place itself when find comes to it for the second time */
  readonly isAgain: boolean;
};

export class FindAhead {
  readonly #shell: Pick<Shell, 'run' | 'root'>;
  readonly #dirs = new Map<string, Dir>();
  /** those that find is in */
  readonly #above: Dir[] = [];
  #held = 0;
  #runs = false;
  /** find came to the place itself */
  #isBegun = false;
  /** by when somebody has to want what was begun for him */
  #earlyUntilMs = 0;
  #isStopped = false;
  readonly #changed = new Change();

  constructor(shell: Pick<Shell, 'run' | 'root'>) {
    this.#shell = shell;
  }

  /** The same before anybody wants it: who then does in time begins nothing, unless he has to know more. */
  startEarly(signal: AbortSignal): void {
    this.start({ surely: false, anew: true }, signal);
    this.#earlyUntilMs = performance.now() + mostEarlyMs;
  }

  /** All of the place is going to be listed. Once; not while it looks already. */
  start({ surely, anew }: ListHow, signal: AbortSignal): void {
    const isEarly = this.#earlyUntilMs > 0;
    const isInTime = performance.now() < this.#earlyUntilMs;
    this.#earlyUntilMs = 0;
    if (isInTime && !surely && !anew) return;
    if (isEarly && this.#runs) this.#giveUp();
    if (this.#runs) return;
    this.#runs = true;
    this.#isStopped = false;
    this.#isBegun = false;
    this.#drop();
    void this.#look(surely, signal);
  }

  /** A directory that was found and whose list nobody took yet. */
  known(path: RelativePath): Entry | undefined {
    if (this.#dirs.size === 0) return undefined;
    const dir = this.#dirs.get(pathKey(path));
    return dir && isFresh(dir) ? dir.entry : undefined;
  }

  /** What is in it, once; undefined where that has to be asked for. */
  async take(path: RelativePath): Promise<Rows | undefined> {
    const key = pathKey(path);
    const isComing = () => this.#runs && !this.#isStopped && !this.#dirs.get(key)?.isWhole;
    const late = isComing() ? setTimeout(() => this.#stop(), mostWaitMs) : undefined;
    while (isComing()) {
      if (this.#held >= mostHeld) this.#stop();
      else await this.#changed.next;
    }
    clearTimeout(late);
    return this.#given(key);
  }

  /** The same of one that is at hand. */
  now(path: RelativePath): readonly Listed[] | undefined {
    const found = this.#dirs.size > 0 ? this.#given(pathKey(path)) : undefined;
    return found && [...found.values()];
  }

  #given(key: string): Rows | undefined {
    const dir = this.#dirs.get(key);
    if (!dir?.isWhole) return undefined;
    this.#forget(dir);
    return isFresh(dir) ? dir.found : undefined;
  }

  async #look(surely: boolean, signal: AbortSignal): Promise<void> {
    let isAll = false;
    const late = surely ? setTimeout(() => this.#stop(), mostWaitMs) : undefined;
    try {
      isAll = await this.#find(surely, signal);
    } catch (error) {
      if (!(error instanceof TransferError || signal.aborted)) throw error; // who asks for one hears what it is
    } finally {
      clearTimeout(late);
      for (const dir of [...this.#dirs.values()]) {
        if (isAll && !dir.isCut) dir.isWhole = true;
        else if (!dir.isWhole) this.#forget(dir);
      }
      this.#above.length = 0;
      this.#runs = false;
      this.#changed.tell();
    }
  }

  /** False where it did not come to its end, or had something to complain of. */
  async #find(surely: boolean, signal: AbortSignal): Promise<boolean> {
    const { run, root } = this.#shell;
    await using far = await run(script, [root, wanted], signal, { readsNothing: true });
    const parser = new QuickParser();
    const add = (row: Row, name: NameIn) => this.#add(surely, row, name);
    for await (const chunk of far.stdout as AsyncIterable<Buffer>) {
      parser.push(chunk, add);
      this.#changed.tell();
      while (this.#held >= mostHeld && !this.#isStopped) await this.#changed.next;
      if (this.#isStopped) return false;
    }
    return (await far.ended).code === 0;
  }

  #add(surely: boolean, row: Row, name: NameIn): void {
    if (this.#isStopped) return;
    while (this.#above.length > row.depth) this.#leave(surely);
    if (this.#above.length < row.depth) return; // below one that is not followed
    const above = this.#above.at(-1);
    if (!above) return this.#enter(itself, row);
    const { bytes, start, end } = name;
    const isLong = above.entry.path.length + end - start >= mostPathBytes;
    if (isLong || typeOf(row) === undefined || !isOneName(bytes, start, end)) {
      above.isCut = true;
      return;
    }
    if (!above.isAgain) {
      above.found.add(row, name);
      this.#held++;
    }
    if (typeOf(row) !== c.S_IFDIR) return;
    this.#enter(join(above.entry.path, bytes.subarray(start, end)) as RelativePath, row);
  }

  #enter(path: RelativePath, row: Row): void {
    if (typeOf(row) !== c.S_IFDIR) return;
    const key = pathKey(path);
    const isAgain = path.length === 0 && this.#isBegun;
    const now = { atMs: performance.now(), isWhole: false, isCut: false, isAgain };
    const dir = { key, entry: entryOf(path, row), found: new FoundRows(path), ...now };
    this.#isBegun = true;
    if (!isAgain) this.#dirs.set(key, dir);
    this.#above.push(dir);
  }

  /** One that seems to be empty may be one that cannot be read. */
  #leave(surely: boolean): void {
    const dir = this.#above.pop()!;
    if (dir.isCut) this.#forget(dir);
    else dir.isWhole = !surely && dir.found.count > 0;
  }

  /** Whoever wants a list asks for it. */
  #giveUp(): void {
    this.#stop();
    this.#drop();
  }

  #stop(): void {
    this.#isStopped = true;
    this.#changed.tell();
  }

  #forget(dir: Dir): void {
    if (!this.#dirs.delete(dir.key)) return;
    this.#held -= dir.found.count;
    this.#changed.tell();
  }

  #drop(): void {
    this.#dirs.clear();
    this.#held = 0;
  }
}

/** The same list, of what was looked at ahead where that is at hand. */
export function listAhead(ahead: FindAhead, list: Store['list']): Store['list'] {
  return async function* listed(dir, signal) {
    const found = await ahead.take(dir);
    signal.throwIfAborted();
    yield* found?.values() ?? list(dir, signal);
  };
}

function isFresh({ atMs }: Dir): boolean {
  return performance.now() - atMs < freshMs;
}
