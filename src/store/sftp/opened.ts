/** A file or directory that the server holds open, for as long as the scope that asked for it lasts. */
import type { Turns } from '../../work/turns.ts';
import type { RelativePath } from '../path.ts';
import { must, type Reach } from './fault.ts';
import type { Client } from './protocol/client.ts';
import { flag } from './protocol/numbers.ts';
import { close, type Handle, open } from './protocol/requests.ts';
import type { Sftp } from './protocol/sftp.ts';

/** Left without close(), it is closed without waiting: what is asked next comes after that. */
export type Opened = Disposable & {
  readonly handle: Handle;
  /** Says what a server says only then: that what was written is not there. May be called once. */
  readonly close: (signal: AbortSignal) => Promise<void>;
};

const patienceMs = 2000;

/** Waits for its turn, where one is to be taken. */
export async function opened(
  { client }: Sftp,
  turns: Turns | undefined,
  ask: () => Promise<Handle>,
  signal: AbortSignal,
): Promise<Opened> {
  const turn = await turns?.(signal);
  try {
    return openedAs(client, await ask(), turn);
  } catch (error) {
    turn?.[Symbol.dispose]();
    throw error;
  }
}

/** A file of the place, to read it or to write to it. Follows a symlink: who calls it has looked. */
export function openFile(
  reach: Reach,
  path: RelativePath,
  doing: 'read' | 'write',
  signal: AbortSignal,
): Promise<Opened> {
  const { sftp, root } = reach;
  const flags = doing === 'read' ? flag.READ : flag.WRITE;
  const ask = () => open(sftp.client, root.whole(path), { flags }, signal);
  return must(opened(sftp, sftp.turns[doing], ask, signal), reach, path, doing);
}

/** For cleaning up, also after an abort; a server that does not answer any more is not waited for. */
export function atLast(): AbortSignal {
  return AbortSignal.timeout(patienceMs);
}

function openedAs(client: Client, handle: Handle, turn: Disposable | undefined): Opened {
  let isOpen = true;
  const closeNow = async (signal: AbortSignal) => {
    isOpen = false;
    using _ = turn;
    await close(client, handle, signal);
  };
  return {
    handle,
    close: closeNow,
    [Symbol.dispose]() {
      if (isOpen) void closeNow(atLast()).catch(() => undefined); // what matters was said by close()
    },
  };
}
