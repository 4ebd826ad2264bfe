/** What a connection can be asked for: programs and subsystems, each in a session, and streams to other hosts. */
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { orAborted } from '../work/abort.ts';
import { requestFault } from './fault.ts';
import type { Answered } from './quick/ahead.ts';
import { ask, createSessions, type Wanted } from './quick/sessions.ts';

/** What is written to its channel before the host has granted it is not lost. */
export type Session = {
  readonly channel: ClientChannel;
  /** aborted with the reason where the host does not grant what was asked for */
  readonly refused: AbortSignal;
  /** what was written to it already; absent: nothing */
  readonly said?: Uint8Array;
};

export type Asking = {
  /** Somebody will ask for a session: it is opened now. */
  readonly prepare: () => void;
  /** Whether a session is open that nobody has. */
  readonly isReady: () => boolean;
  readonly execute: (command: string, signal: AbortSignal) => Promise<Session>;
  readonly sftp: (signal: AbortSignal) => Promise<Session>;
  /** A stream to a port that the host can reach. */
  readonly forward: (host: string, port: number, signal: AbortSignal) => Promise<Duplex>;
};

type Asked = {
  readonly client: Client;
  /** of the host, for messages */
  readonly name: string;
  readonly gone: AbortSignal;
  /** whether programs find an agent of ours */
  readonly lends: boolean;
  /** what was asked for already, for whoever asks first */
  readonly ahead: Answered | undefined;
  /** how much a session is sent that its program has not read */
  readonly mostUnread: number;
};

export function createAsking({ client, name, gone, lends, ahead, mostUnread }: Asked): Asking {
  const sessions = createSessions(client, ahead?.spares ?? []);
  let early = ahead?.sftp;
  const open = async <T extends Duplex>(start: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    const both = AbortSignal.any([signal, gone]);
    both.throwIfAborted();
    const opened = start();
    try {
      return await orAborted(opened, both);
    } catch (error) {
      opened.then(
        (late) => void late.destroy(),
        () => undefined,
      ); // nobody waits for it any more
      both.throwIfAborted();
      throw requestFault(error as Error, name);
    }
  };
  const session = async (wanted: Wanted, signal: AbortSignal): Promise<Session> => {
    const channel = await open(sessions.take, signal);
    const refused = new AbortController();
    ask(client, channel, { wanted, mostUnread }).catch((error: Error) =>
      refused.abort(gone.aborted ? gone.reason : requestFault(error, name)),
    );
    return { channel, refused: refused.signal };
  };
  /** Each of these is asked for the agent first. */
  const lending = async (command: string, signal: AbortSignal): Promise<Session> => {
    const start = () => asked<ClientChannel>((done) => client.exec(command, done));
    return { channel: await open(start, signal), refused: never };
  };
  return {
    prepare: () => !lends && sessions.prepare(),
    isReady: sessions.isReady,
    execute: (text, signal) => (lends ? lending(text, signal) : session({ kind: 'command', text }, signal)),
    async sftp(signal) {
      const first = early;
      early = undefined;
      return first ?? session({ kind: 'subsystem', name: 'sftp' }, signal);
    },
    forward: (host, port, signal) =>
      open(() => asked((done) => client.forwardOut('127.0.0.1', 0, host, port, done)), signal),
  };
}

const never = new AbortController().signal;

type Done<T> = (error: Error | undefined, value: T) => void;

function asked<T>(start: (done: Done<T>) => void): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  start((error, value) => (error ? reject(error) : resolve(value)));
  return promise;
}
