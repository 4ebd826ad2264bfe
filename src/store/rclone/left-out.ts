/**
 * What rclone leaves out of its lists: a name that the password of a remote does not open, a symlink that it does not
 * follow, a file that a web server does not answer for. The list looks whole, and only the log says that it is not.
 */
import { allHeard } from './all-heard.ts';
import { lineOf } from './copied.ts';
import type { Daemon } from './daemon.ts';

export type LeftOutName = {
  /** its path, as rclone writes it; where rclone names only the directory, that of it */
  readonly name: string;
  /** what rclone says of it */
  readonly why: string;
  /** it is in the directory that was listed; of another one is not known where */
  readonly isOwn: boolean;
};

export type LeftOut = Disposable & {
  /** Hears what is left out of a list that is asked for later. `dir` is its path as rclone writes it. */
  readonly hear: (dir: string) => Heard;
};

export type Heard = Disposable & {
  /** What is missing in the list, after that was answered. Throws 'transient' where this cannot be known. */
  readonly tell: (signal: AbortSignal) => AsyncGenerator<LeftOutName>;
};

type List = { readonly dir: string; readonly own: Map<string, string> };

const leftOut =
  /^(?:skipping\b|can't (?:follow|transfer)\b|failed to (?:get info about|stat)\b)|- ignoring$/i;

/**
 * `renames` where the log may have other names than the lists: those of no list are then told with the next one. Else
 * they are dropped: what else reads a directory makes rclone say the same, and each list makes it say it again.
 */
export function createLeftOut(daemon: Daemon, renames: boolean): LeftOut {
  const lists = new Set<List>();
  const strays = new Map<string, string>();
  const ear = daemon.listen((line) => {
    if (lists.size === 0 || !line.includes('"object"')) return;
    const { object, msg = '' } = lineOf(line);
    if (object === undefined || !leftOut.test(msg)) return;
    const parent = parentOf(object);
    const homes = [...lists].filter(({ dir }) => dir === parent || dir === object);
    for (const { own } of homes) own.set(object, msg);
    if (homes.length === 0 && renames) strays.set(object, msg);
  });
  return {
    hear: (dir) => {
      const list: List = { dir, own: new Map() };
      lists.add(list);
      return {
        tell: async function* (signal) {
          await allHeard(daemon, signal);
          for (const [name, why] of list.own) yield { name, why, isOwn: true };
          for (const [name, why] of strays) {
            strays.delete(name); // lists that run at once do not tell it too
            let isTaken = false;
            try {
              yield { name, why, isOwn: false };
              isTaken = true;
            } finally {
              if (!isTaken) strays.set(name, why); // who just looks whether there is anything does not come back
            }
          }
        },
        [Symbol.dispose]: () => void lists.delete(list),
      };
    },
    [Symbol.dispose]: () => ear[Symbol.dispose](),
  };
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}
