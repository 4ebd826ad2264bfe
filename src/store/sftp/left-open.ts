/** Files that are moved by ranges stay open on a connection for a while: the next range there waits for no look and no open. */
import { heardLater } from '../../work/heard-later.ts';
import type { Opened } from './opened.ts';
import type { Sftp } from './protocol/sftp.ts';

export type LeftOpen = {
  /** Whatever was given under this key, or is being opened; it is the caller's alone. Undefined where there is none, or it failed. */
  readonly take: (sftp: Sftp, key: string) => Promise<Opened | undefined>;
  /** Closed if nobody takes it in time, or as soon as others were given after it. */
  readonly give: (sftp: Sftp, key: string, opened: Promise<Opened>) => void;
  /** Closes what is left under this key, and does not wait for that. */
  readonly close: (key: string) => void;
};

type Left = {
  readonly sftp: Sftp;
  readonly key: string;
  readonly opened: Promise<Opened>;
  readonly late: NodeJS.Timeout;
};

const waitsMs = 10_000;
const mostOnOne = 4; // of a connection: each has one of the turns that files take there

export function createLeftOpen(): LeftOpen {
  const all = new Set<Left>();
  const leave = (one: Left) => {
    clearTimeout(one.late);
    all.delete(one);
  };
  const shut = (one: Left) => {
    leave(one);
    void one.opened.then((file) => file[Symbol.dispose]()).catch(() => undefined); // nothing was done with it
  };
  return {
    async take(sftp, key) {
      const found = [...all].find((one) => one.sftp === sftp && one.key === key);
      if (!found) return undefined;
      leave(found);
      return found.opened.catch(() => undefined); // who opens it anew says what is wrong
    },
    give(sftp, key, opened) {
      const before = [...all].filter((one) => one.sftp === sftp);
      if (before.length >= mostOnOne) shut(before[0]!);
      const late = setTimeout(() => shut(one), waitsMs).unref();
      const one = { sftp, key, opened: heardLater(opened), late };
      all.add(one);
    },
    close(key) {
      for (const one of all) if (one.key === key) shut(one);
    },
  };
}
