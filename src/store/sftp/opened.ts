/** A file or directory that the server holds open, for as long as the scope that asked for it lasts. */
import { close, type Handle } from './requests.ts';
import type { Sftp } from './sftp.ts';

export type Opened = AsyncDisposable & {
  readonly handle: Handle;
  /** Says what a server says only then: that what was written is not there. May be called once. */
  readonly close: (signal: AbortSignal) => Promise<void>;
};

const patienceMs = 2000; // twice that, and a stopped run still ends in time

/** Takes a turn, since a server holds only so many. */
export async function opened(sftp: Sftp, ask: () => Promise<Handle>, signal: AbortSignal): Promise<Opened> {
  const turn = await sftp.turns(signal);
  try {
    const handle = await ask();
    return openedAs(sftp, handle, turn);
  } catch (error) {
    turn[Symbol.dispose]();
    throw error;
  }
}

/** For cleaning up, also after an abort; a server that does not answer any more is not waited for. */
export function atLast(): AbortSignal {
  return AbortSignal.timeout(patienceMs);
}

function openedAs(sftp: Sftp, handle: Handle, turn: Disposable): Opened {
  let isOpen = true;
  const closeNow = async (signal: AbortSignal) => {
    isOpen = false;
    using _ = turn;
    await close(sftp.client, handle, signal);
  };
  return {
    handle,
    close: closeNow,
    async [Symbol.asyncDispose]() {
      if (isOpen) await closeNow(atLast()).catch(() => undefined); // what matters was said by close()
    },
  };
}
