/**
 * The sessions of one connection. The library waits for a session to be opened and then for what it is asked to be
 * granted, before anything is written to it: two round trips. Here one more than are in use is open already, and what
 * is written follows what was asked at once.
 */
import type { Client, ClientChannel } from 'ssh2';
import { useWindow } from './use-window.ts';

export type Sessions = {
  /** Opens one more, as far as the host bears it. */
  readonly prepare: () => void;
  /** Whether one is open that nobody has: who asks for it now waits for nothing but what it asks. */
  readonly isReady: () => boolean;
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
  readonly _remoteVer: string | undefined;
  readonly _chanMgr: { readonly add: (opened: Opened & { type: string }) => number };
  readonly _protocol: {
    readonly session: (channel: number, windowBytes: number, packetBytes: number) => void;
    readonly exec: (channel: number, command: string, wantsAnswer: true) => void;
    readonly subsystem: (channel: number, name: string, wantsAnswer: true) => void;
    readonly channelData: (channel: number, bytes: Uint8Array) => void;
  };
};
type InsideChannel = {
  readonly _callbacks: ((refused: boolean | Error) => void)[];
  readonly outgoing: {
    readonly id: number;
    readonly state: string;
    window: number;
    readonly packetSize: number;
  };
  subtype: string;
};

const windowBytes = 2 * 1024 * 1024; // as the library counts it
const packetBytes = 32 * 1024;

/** `spares` are open, or will be. */
export function createSessions(client: Client, spares: readonly Promise<ClientChannel>[]): Sessions {
  const ready = [...spares];
  const open = new Set<Promise<ClientChannel>>();
  let isFull = false;
  const refuse = () => {
    isFull = true; // whoever wants one asks for it
  };
  const watch = (spare: Promise<ClientChannel>) => void spare.then(() => open.add(spare), refuse);
  for (const spare of spares) watch(spare);
  const prepare = () => {
    if (isFull || ready.length > 0) return;
    const spare = openSession(client);
    watch(spare);
    ready.push(spare);
  };
  return {
    prepare,
    isReady: () => ready[0] !== undefined && open.has(ready[0]),
    async take() {
      const first = ready.shift();
      if (first) open.delete(first);
      prepare();
      const channel = await first;
      return channel && isOpen(channel) ? channel : openSession(client);
    },
  };
}

/** By the time that it reads what was sent behind the question a server takes 2 MiB: so much of that is used before it says so. */
const lentBytes = 64 * 1024;

/** Rejects where the host refuses. */
export function ask(
  client: Client,
  channel: ClientChannel,
  { wanted, mostUnread }: { readonly wanted: Wanted; readonly mostUnread: number },
): Promise<void> {
  const answered = answerTo(channel, wanted);
  request(client, idOf(channel), wanted);
  const { outgoing } = insideOf(channel);
  if (isOpenSsh(client) && outgoing.window === 0) useWindow(outgoing, { lentBytes, mostUnread });
  return answered;
}

/** What is sent before it has answered it reads in order. */
export function isOpenSsh(client: Client): boolean {
  return /^OpenSSH/.test(inside(client)._remoteVer ?? '');
}

/** The same of the one for Unix, as its authors have it. */
export function isUnixOpenSsh(client: Client): boolean {
  return /^OpenSSH_\d/.test(inside(client)._remoteVer ?? '');
}

/** Of one whose number is not known yet, whether it will be granted. */
export function request(client: Client, id: number, wanted: Wanted): void {
  const { _protocol: protocol } = inside(client);
  if (wanted.kind === 'command') protocol.exec(id, wanted.text, true);
  else protocol.subsystem(id, wanted.name, true);
}

/** To what was asked of it, now or before it was open. */
export function answerTo(channel: ClientChannel, { kind }: Wanted): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const session = insideOf(channel);
  session.subtype = kind === 'command' ? 'exec' : 'subsystem';
  session._callbacks.push((refused) => {
    if (!refused) return resolve();
    reject(new Error(kind === 'command' ? 'Unable to exec' : 'Unable to start subsystem'));
  });
  return promise;
}

/** `meet` is given it before anything else that has come for it is looked at. */
export function openSession(client: Client, meet?: (channel: ClientChannel) => void): Promise<ClientChannel> {
  const { _chanMgr: channels, _protocol: protocol } = inside(client);
  const { promise, resolve, reject } = Promise.withResolvers<ClientChannel>();
  const opened: Opened = (error, channel) => {
    if (error) return reject(error);
    meet?.(channel);
    resolve(channel);
  };
  const id = channels.add(Object.assign(opened, { type: 'session' }));
  if (id === -1) reject(new Error('no free channels'));
  else protocol.session(id, windowBytes, packetBytes);
  return promise;
}

/** Writes to one whose number is not known yet. */
export function writeAhead(client: Client, id: number, bytes: Uint8Array): void {
  inside(client)._protocol.channelData(id, bytes);
}

/** So much was written ahead to an OpenSSH server. */
export function countAhead(channel: ClientChannel, bytes: number, mostUnread: number): void {
  const { outgoing } = insideOf(channel);
  outgoing.window -= bytes;
  useWindow(outgoing, { lentBytes: 0, mostUnread });
}

/** The host's number of it. */
export function idOf(channel: ClientChannel): number {
  return insideOf(channel).outgoing.id;
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
