/**
 * The sessions of one connection. The library waits for a session to be opened and then for what it is asked to be
 * granted, before anything is written to it: two round trips. Here one more than are in use is open already, and what
 * is written follows what was asked at once.
 */
import type { Client, ClientChannel } from 'ssh2';

export type Sessions = {
  /** Opens one more, as far as the host bears it. */
  readonly prepare: () => void;
  /** One that nothing was asked of yet. Throws what the host gives as its reason. */
  readonly take: () => Promise<ClientChannel>;
};

/** What a session is asked to be. */
export type Wanted =
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'subsystem'; readonly name: string };

type Opened = (error: Error | undefined, channel: ClientChannel) => void;

/** What the library has of a client and of a channel, as far as it is used here. */
type Inside = {
  readonly _chanMgr: { readonly add: (opened: Opened & { type: string }) => number };
  readonly _protocol: {
    readonly session: (channel: number, windowBytes: number, packetBytes: number) => void;
    readonly exec: (channel: number, command: string, wantsAnswer: true) => void;
    readonly subsystem: (channel: number, name: string, wantsAnswer: true) => void;
  };
};
type InsideChannel = {
  readonly _callbacks: ((refused: boolean | Error) => void)[];
  readonly outgoing: { readonly id: number; readonly state: string };
  subtype: string;
};

const windowBytes = 2 * 1024 * 1024; // as the library counts it
const packetBytes = 32 * 1024;

export function createSessions(client: Client): Sessions {
  let spare: Promise<ClientChannel> | undefined;
  let isFull = false;
  const prepare = () => {
    if (isFull || spare) return;
    spare = open(client);
    spare.catch(() => {
      spare = undefined;
      isFull = true; // whoever wants one asks for it
    });
  };
  return {
    prepare,
    async take() {
      const first = spare;
      spare = undefined;
      prepare();
      const channel = await first;
      return channel && isOpen(channel) ? channel : open(client);
    },
  };
}

/** Rejects where the host refuses. */
export function ask(client: Client, channel: ClientChannel, wanted: Wanted): Promise<void> {
  const { _protocol: protocol } = inside(client);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const session = insideOf(channel);
  session._callbacks.push((refused) => {
    if (!refused) return resolve();
    reject(new Error(wanted.kind === 'command' ? 'Unable to exec' : `Unable to start subsystem`));
  });
  session.subtype = wanted.kind === 'command' ? 'exec' : 'subsystem';
  if (wanted.kind === 'command') protocol.exec(session.outgoing.id, wanted.text, true);
  else protocol.subsystem(session.outgoing.id, wanted.name, true);
  return promise;
}

function open(client: Client): Promise<ClientChannel> {
  const { _chanMgr: channels, _protocol: protocol } = inside(client);
  const { promise, resolve, reject } = Promise.withResolvers<ClientChannel>();
  const opened: Opened = (error, channel) => (error ? reject(error) : resolve(channel));
  const id = channels.add(Object.assign(opened, { type: 'session' }));
  if (id === -1) reject(new Error('no free channels'));
  else protocol.session(id, windowBytes, packetBytes);
  return promise;
}

/** A host may close one that nobody uses. */
function isOpen(channel: ClientChannel): boolean {
  return insideOf(channel).outgoing.state === 'open';
}

function inside(client: Client): Inside {
  return client as unknown as Inside;
}

function insideOf(channel: ClientChannel): InsideChannel {
  return channel as unknown as InsideChannel;
}
