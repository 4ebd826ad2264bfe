/**
 * What rclone leaves out of its lists: a name that the password of a remote does not open, a symlink that it does not
 * follow, a file that a web server does not answer for. The list looks whole, and only the log says that it is not.
 */
import { allHeard } from './all-heard.ts';
import { lineOf } from './copied.ts';
import type { Daemon } from './daemon.ts';

/** Its name, as rclone writes it, and what it says of it. */
export type LeftOutName = readonly [name: string, why: string];

export type LeftOut = Disposable & {
  /** What is missing in the lists that have been answered by now; each is told to who takes it first. */
  readonly tell: (signal: AbortSignal) => AsyncGenerator<LeftOutName>;
};

const leftOut =
  /^(?:skipping\b|can't (?:follow|transfer)\b|failed to (?:get info about|stat)\b)|- ignoring$/i;

export function createLeftOut(daemon: Daemon): LeftOut {
  const known = new Set<string>();
  const waiting: LeftOutName[] = [];
  const ear = daemon.listen((line) => {
    if (!line.includes('"object"')) return;
    const { object = '', msg = '' } = lineOf(line);
    if (object === '' || known.has(object) || !leftOut.test(msg)) return;
    known.add(object);
    waiting.push([object, msg]);
  });
  return {
    tell: async function* (signal) {
      await allHeard(daemon, signal);
      for (let one = waiting.shift(); one; one = waiting.shift()) {
        let isTaken = false;
        try {
          yield one;
          isTaken = true;
        } finally {
          if (!isTaken) waiting.unshift(one); // whoever asked wanted only to see whether there is anything
        }
      }
    },
    [Symbol.dispose]: () => ear[Symbol.dispose](),
  };
}
