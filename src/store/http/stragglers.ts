/**
 * Connections share a line unevenly: one that lost packets when all began may stay slow for long, and in the end all
 * others wait for it. Says when the rest of a range is better asked for anew, on a connection that has nothing to do.
 */
import type { Flow } from './flow.ts';

/** One range that is read. */
export type Watch = Disposable & {
  /** What comes of it; ends where the rest is better asked for anew. */
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly isLeft: boolean;
};

export type Stragglers = {
  /** `left` bytes are to come, which somebody else could be asked for; 0: nobody could. */
  readonly watch: (flow: Pick<Flow, 'pieces' | 'leave'>, left: () => number) => Watch;
};

/** It is looked at so often, also while nothing comes, and left where the rest is there so much sooner on another. */
const lookMs = 300;
const gainMs = 400;
/** Fewer say nothing of a connection. */
const tellingBytes = 1024 * 1024;
/** So many times slower than the quickest is behind: of another that is as quick, half is hoped for. */
const timesBehind = 2;

export function createStragglers(): Stragglers {
  let underWay = 0;
  let most = 0;
  let best = 0; // bytes a millisecond
  const told = ({ bytes, ms }: Came) => {
    if (bytes >= tellingBytes) best = Math.max(best, bytes / Math.max(1, ms));
  };
  const isBehind = ({ bytes, ms }: Came, left: number) => {
    const [rate, hoped] = [bytes / ms, best / timesBehind];
    const othersAreDone = underWay <= most / 2;
    return othersAreDone && rate < hoped && left / rate > left / hoped + gainMs;
  };
  return {
    watch({ pieces, leave }, left) {
      most = Math.max(most, ++underWay);
      const clock = createClock();
      let isLeft = false;
      const timer = setInterval(() => {
        const lately = clock.lately();
        told(clock.all);
        if (lately.ms < lookMs / 2 || !isBehind(lately, left())) return; // it was not waited for, or it is quick
        isLeft = true;
        leave();
      }, lookMs);
      return {
        pieces: clock.timed(pieces),
        get isLeft() {
          return isLeft;
        },
        [Symbol.dispose]() {
          clearInterval(timer);
          clock.lately();
          told(clock.all);
          underWay--;
        },
      };
    },
  };
}

/** So many bytes came while they were waited for so long. */
type Came = { readonly bytes: number; readonly ms: number };

function createClock() {
  let all: Came = { bytes: 0, ms: 0 };
  let lately = { bytes: 0, ms: 0 };
  let waitsSince: number | undefined;
  const waited = () => {
    const now = performance.now();
    if (waitsSince === undefined) return;
    lately.ms += now - waitsSince;
    waitsSince = now;
  };
  return {
    get all() {
      return all;
    },
    /** Since the last call. */
    lately(): Came {
      waited();
      const came = lately;
      all = { bytes: all.bytes + came.bytes, ms: all.ms + came.ms };
      lately = { bytes: 0, ms: 0 };
      return came;
    },
    async *timed(source: AsyncIterable<Uint8Array>) {
      waitsSince = performance.now();
      for await (const chunk of source) {
        waited();
        lately.bytes += chunk.length;
        waitsSince = undefined;
        yield chunk;
        waitsSince = performance.now();
      }
    },
  };
}
