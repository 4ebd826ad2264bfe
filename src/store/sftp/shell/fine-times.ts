/** Times of directories with their fractions of a second, which SFTP has no room for: given by one program to many. */

import type { FarProcess } from '../../../work/far-process.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { RelativePath } from '../../path.ts';
import type { Shell } from '../../shell.ts';
import type { Store } from '../../store.ts';
import { beginning } from './what-shell.ts';

const second = 1_000_000_000n;
const end = second << 32n;
const nul = Buffer.alloc(1);

type Timed = { readonly dir: RelativePath; readonly mtimeNs: bigint };

export const timesIn = '(cd -P -- "$1" && export LC_ALL=C && xargs -0 sh -c "$3" sh) 2>/dev/null';
/** Each below the working directory that is not reached through a symlink, nor is one. */
export const timeEach = Buffer.from(
  `here=\${PWD%/}; for one do time=\${one%%/*} dir=\${one#*/}; ` +
    `cd -P "$here/$dir" && [ "$PWD" = "$here\${dir:+/$dir}" ] && touch -m -d "$time" .; done; exit 0`,
);

/** What is to be given. */
export class FineTimes {
  #all = new Map<string, Timed>();

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  /**
   * One of whole seconds is there already, and takes the place of what was to be given; so does one for which SFTP has no
   * room at all, which is counted.
   */
  add(dir: RelativePath, mtimeNs: bigint): void {
    if (mtimeNs > 0n && mtimeNs < end && mtimeNs % second !== 0n)
      this.#all.set(pathKey(dir), { dir, mtimeNs });
    else this.#all.delete(pathKey(dir));
  }

  take(): FineTimes {
    const taken = new FineTimes();
    [taken.#all, this.#all] = [this.#all, taken.#all];
    return taken;
  }

  /** What was added meanwhile is newer. */
  giveBack(taken: FineTimes): void {
    this.#all = new Map([...taken.#all, ...this.#all]);
  }

  /** To `timesIn`, which reads nothing else. */
  sendTo({ stdin }: FarProcess): void {
    const words = [...this.#all.values()].flatMap(({ dir, mtimeNs }) => [
      Buffer.from(`${said(mtimeNs)}/`),
      dir,
      nul,
    ]);
    stdin.on('error', () => undefined); // its end says why
    stdin.end(Buffer.concat(words));
  }
}

/** Where nothing is synced. */
export function givingTimes({ run, root }: Shell, times: FineTimes): NonNullable<Store['seal']> {
  return async (signal) => {
    if (times.isEmpty) return;
    await using far = await run(timesIn, [root, nul.subarray(1), timeEach], signal);
    times.take().sendTo(far);
    await beginning(far.stdout);
    await far.ended;
  };
}

/** As POSIX has it, which a touch that knows no fractions does not take. */
function said(ns: bigint): string {
  const whole = new Date(Number(ns / second) * 1000).toISOString().slice(0, 19);
  return `${whole}.${String(ns % second).padStart(9, '0')}Z`;
}
