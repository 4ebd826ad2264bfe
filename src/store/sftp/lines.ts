/** The connections of one store: made when they are needed, made anew when they broke, several where that is told. */
import { openSftp, type Sftp } from './sftp.ts';
import type { OpenWire } from './wire.ts';

export type Lines = AsyncDisposable & {
  /** The one with the least to do. Throws what opening the first one throws. */
  readonly pick: (signal: AbortSignal) => Promise<Sftp>;
};

/** `most` may be open at once; the others are opened while the first one works, and only as far as the host lets us. */
export function createLines(open: OpenWire, name: string, most: number): Lines {
  const lines = new Set<Sftp>();
  const end = new AbortController();
  let opening: Promise<Sftp> | undefined;
  let limit = most;

  const add = async () => {
    const line = await openSftp(open, name, end.signal);
    lines.add(line);
    return line;
  };
  const openOne = () => {
    opening ??= add().finally(() => {
      opening = undefined;
    });
    return opening;
  };
  const grow = () => {
    if (lines.size >= limit || leastBusy(lines)!.client.waiting() === 0) return;
    openOne().catch(() => {
      limit = Math.max(1, lines.size); // it bears no more
    });
  };
  return {
    async pick(signal) {
      signal.throwIfAborted();
      await drop(lines, ({ client }) => client.isBroken());
      if (lines.size === 0) return unlessAborted(openOne(), signal);
      grow();
      return leastBusy(lines)!;
    },
    async [Symbol.asyncDispose]() {
      end.abort();
      await opening?.catch(() => undefined); // who waited for it was told
      await drop(lines, () => true);
    },
  };
}

function leastBusy(lines: ReadonlySet<Sftp>): Sftp | undefined {
  let least: Sftp | undefined;
  for (const line of lines) {
    if (!least || line.client.waiting() < least.client.waiting()) least = line;
  }
  return least;
}

async function drop(lines: Set<Sftp>, which: (line: Sftp) => boolean): Promise<void> {
  for (const line of [...lines].filter(which)) {
    lines.delete(line);
    await line.client[Symbol.asyncDispose]();
  }
}

/** Others may wait for it too, so it goes on. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const stop = Promise.withResolvers<never>();
  const abort = () => stop.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, stop.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
