/**
 * What is asked before the host has let us in: on the first connection an SFTP server in the first session, and more
 * sessions; on those that follow it a session. It goes with the signature, and sshd, which reads in order, answers it
 * all together. A request names its session by the number that the host gives it; an OpenSSH server gives the first one
 * 0, and no other server is asked like this.
 *
 * Where the signature was not enough, the host has not heard of any of it, and it is asked for as ever. Where the
 * number was another one, or nothing comes, the connection is of no use: another one is made on which nothing is asked
 * ahead.
 */
import type { Client, ClientChannel } from 'ssh2';
import { TransferError } from '../../errors.ts';
import { orAborted } from '../../work/abort.ts';
import type { Session } from '../asking.ts';
import { lost, requestFault } from '../fault.ts';
import { answerTo, countAhead, idOf, isOpenSsh, openSession, request, writeAhead } from './sessions.ts';

export type Ahead = {
  /** To be called when a signature was sent. */
  readonly send: () => void;
  /** A host that breaks off then may do so because of it. */
  readonly wasSent: () => boolean;
  /** To be called once, when we were let in. Undefined where nothing was asked. Throws 'transient'. */
  readonly answered: (name: string, signal: AbortSignal) => Promise<Answered | undefined>;
};

export type Answered = {
  /** of an SFTP server, which was told the greeting; undefined where none was asked for */
  readonly sftp: Session | undefined;
  readonly spares: readonly Promise<ClientChannel>[];
};

type Handler = (...given: readonly unknown[]) => void;

/** What the library has of a client, as far as it is used here. */
type Inside = {
  readonly _protocol: { readonly _handlers: { USERAUTH_FAILURE: Handler } };
};

const firstId = 0;
const spareSessions = 3; // for what is asked at once of a host that was just met
const answerMs = 15_000;

/** To be called once the client connects. Without a greeting no SFTP server is asked for. */
export function createAhead(client: Client, greeting: Uint8Array | undefined, mostUnread: number): Ahead {
  const inside = client as unknown as Inside;
  const { _handlers: handlers } = inside._protocol;
  const { USERAUTH_FAILURE: fail } = handlers;
  let isVain = false;
  let asked: Asked | undefined;
  handlers.USERAUTH_FAILURE = (...given) => {
    isVain = asked !== undefined;
    fail(...given);
  };
  return {
    send() {
      if (!asked && isOpenSsh(client)) asked = askAll(client, greeting, mostUnread);
    },
    wasSent: () => asked !== undefined,
    async answered(name, signal) {
      if (!asked || isVain) return undefined;
      const { sftp, spares } = asked;
      if (!sftp) return { sftp, spares };
      const late = AbortSignal.timeout(answerMs);
      const { opened, granted, said } = sftp;
      try {
        const channel = await orAborted(opened, AbortSignal.any([signal, late]));
        const id = idOf(channel);
        if (id !== firstId) throw new Error(`its first session is number ${id}`);
        const refused = new AbortController();
        granted.catch((error: Error) => refused.abort(requestFault(error, name)));
        return { sftp: { channel, refused: refused.signal, said }, spares };
      } catch (error) {
        signal.throwIfAborted();
        throw error instanceof TransferError
          ? error
          : lost(name, error, 'it takes nothing that is asked early');
      }
    },
  };
}

type Asked = {
  readonly sftp: AskedSftp | undefined;
  readonly spares: readonly Promise<ClientChannel>[];
};

type AskedSftp = {
  readonly opened: Promise<ClientChannel>;
  readonly granted: Promise<void>;
  readonly said: Uint8Array;
};

const wanted = { kind: 'subsystem', name: 'sftp' } as const;

function askAll(client: Client, greeting: Uint8Array | undefined, mostUnread: number): Asked {
  const sftp = greeting && askSftp(client, greeting, mostUnread); // in the first session
  const spares = Array.from({ length: sftp ? spareSessions : 1 }, () => openSession(client));
  for (const one of spares) one.catch(() => undefined); // who waits for it is told
  return { sftp, spares };
}

function askSftp(client: Client, said: Uint8Array, mostUnread: number): AskedSftp {
  const { promise: granted, resolve, reject } = Promise.withResolvers<void>();
  const opened = openSession(client, (channel) => {
    countAhead(channel, said.length, mostUnread);
    answerTo(channel, wanted).then(resolve, reject);
  });
  request(client, firstId, wanted);
  writeAhead(client, firstId, said);
  for (const one of [opened, granted]) one.catch(() => undefined); // who waits for it is told
  return { opened, granted, said };
}
