/**
 * One connection to a host: dialed, the host's key judged, ourselves proved, and watched from then on. When it is
 * lost for any reason, `gone` is aborted with an error of kind 'transient', within about 20 s where the line is dead.
 */
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { BaseAgent, Client } from 'ssh2';
import { TransferError } from '../errors.ts';
import { orAborted } from '../work/abort.ts';
import { heardLater } from '../work/heard-later.ts';
import { type Asking, createAsking } from './asking.ts';
import type { Target } from './config/target.ts';
import { type Dialed, dial } from './dial.ts';
import { lost, reachFault } from './fault.ts';
import { longMs } from './many.ts';
import type { Attempt } from './proof/authenticate.ts';
import { type HostKeys, hostKeysOf } from './proof/host-key.ts';
import { showCertificates } from './proof/show-certificate.ts';
import { type Ahead, type Answered, createAhead } from './quick/ahead.ts';
import { Gathered } from './quick/gathered.ts';
import { isBegunWithOurs, keysAtOnce } from './quick/keys-at-once.ts';
import { ssh2 } from './quick/library.ts';
import { quickOpening } from './quick/quick-opening.ts';
import { quickPackets } from './quick/quick-packets.ts';
import { serviceAtOnce } from './quick/service-at-once.ts';
import { signAtOnce } from './quick/sign-at-once.ts';
import { watchSilence } from './silence.ts';

export type Connection = AsyncDisposable &
  Asking & {
    readonly name: string;
    readonly gone: AbortSignal;
    /** what the host has shown, and proved to own */
    readonly hostKey: Uint8Array;
    readonly roundTripMs: number | undefined;
  };

/** Connects to the last of these hosts, through those before it. */
export type Reach = (hops: readonly string[]) => Promise<Connection>;

/** An agent of ours for programs on a host: a stream for each that connects to it. */
export type Agent = () => Duplex;

export type Beside = {
  /** programs there find it */
  readonly agent?: Agent;
  /** What an SFTP server is told first: one is asked for ahead, for who asks for the first. */
  readonly greeting?: Uint8Array | undefined;
  /** told what a round trip takes, once the host was dialed; before, that it is long where it is at least that */
  readonly met?: (roundTripMs: number | undefined) => void;
};

/** Names of hosts with which keys are exchanged one step after the other: they may not have borne it otherwise. */
export type Steady = Set<string>;

export async function connect(
  target: Target,
  prove: () => Attempt,
  reach: Reach,
  signal: AbortSignal,
  { agent, greeting, met, steady }: Beside & { readonly steady: Steady },
): Promise<Connection> {
  const hop = target.way.kind === 'jump' ? await reach(target.way.hops) : undefined; // where a person may be asked
  const late = new AbortController();
  const answer = new TransferError(
    'io',
    `cannot reach ${target.name}: no answer within ${target.connectMs / 1000} s`,
    {
      hint: 'see whether it is up, and whether a firewall is in the way',
    },
  );
  const timer = setTimeout(() => late.abort(answer), target.connectMs);
  const either = AbortSignal.any([signal, late.signal]);
  let isHasty = false;
  try {
    const dialing = heardLater(dial(target, hop, either, () => met?.(longMs)));
    await turn(); // or it would begin only when the library was loaded
    await ssh2();
    const dialed = await dialing;
    met?.(dialed.roundTripMs);
    isHasty = isBegunWithOurs(target.algorithms) && !steady.has(target.name);
    return await begin({ target, attempt: prove(), dialed, agent, greeting, isHasty }, either, () => {
      clearTimeout(timer);
      isHasty = false;
    });
  } catch (error) {
    if (isHasty) steady.add(target.name);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function begin(
  given: Pick<Link, 'target' | 'attempt' | 'dialed' | 'agent' | 'greeting' | 'isHasty'>,
  signal: AbortSignal,
  whenAgreed: () => void,
): Promise<Connection> {
  const { target, attempt } = given;
  const { Client: New } = await ssh2();
  const client = new New();
  const gone = new AbortController();
  const link: Link = {
    ...given,
    client,
    gone,
    keys: hostKeysOf(target),
    refused: undefined,
    shown: undefined,
    ahead: undefined,
  };
  try {
    const ready = handshake(link, whenAgreed, link.agent && (await forwarded(link.agent)));
    const either = AbortSignal.any([signal, gone.signal]);
    await orAborted(ready, either);
    const answered = await link.ahead?.answered(target.name, either);
    attempt.won();
    return connection(link, answered);
  } catch (error) {
    await close(link);
    throw explained(error, link);
  }
}

/** A program in between says why it broke off, if at all, by the time it has ended. */
function explained(error: unknown, { target, dialed }: Link): unknown {
  const said = dialed.complaint();
  const isBroken = error instanceof TransferError && error.kind === 'transient';
  return isBroken && said !== '' ? lost(target.name, error, said) : error;
}

type Link = {
  readonly target: Target;
  readonly attempt: Attempt;
  readonly dialed: Dialed;
  readonly client: Client;
  readonly gone: AbortController;
  readonly keys: HostKeys;
  readonly agent: Agent | undefined;
  readonly greeting: Uint8Array | undefined;
  /** keys are exchanged before the host has said how */
  readonly isHasty: boolean;
  ahead: Ahead | undefined;
  refused: TransferError | undefined;
  /** the key that the host has */
  shown: Buffer | undefined;
};

function handshake(link: Link, whenAgreed: () => void, agent?: BaseAgent): Promise<void> {
  const { client, target, attempt, dialed, keys } = link;
  const { promise, resolve } = Promise.withResolvers<void>();
  client.once('handshake', () => {
    whenAgreed();
    dialed.lend?.(); // what is decrypted is other memory
    if (link.shown && !attempt.after) keys.remember(link.shown);
  });
  const gathered = new Gathered(dialed.stream);
  client.on('handshake', () => {
    quickPackets(client, gathered); // each time that there are new keys
    quickOpening(client);
  });
  client.once('ready', () => resolve());
  client.on('error', (error: Error & { level?: string }) => {
    if (!isPassing(error)) lose(link, faultOf(link, error));
  });
  client.on('end', () => dialed.stream.destroy());
  client.on('close', () => lose(link, lost(target.name)));
  client.connect({
    sock: dialed.stream,
    username: target.user,
    algorithms: { ...target.algorithms, serverHostKey: keys.algorithms } as never,
    hostVerifier: (key: Buffer) => {
      link.refused = link.shown && !link.shown.equals(key) ? keys.changed(key) : keys.judge(key);
      link.shown ??= Buffer.from(key);
      return link.refused === undefined;
    },
    authHandler: (...given) => {
      if (!attempt.after) return attempt.handler(...given);
      attempt.after
        .then(() => {
          const refused = hostKeysOf(target).judge(link.shown!); // the first one may have made it known since
          if (refused) lose(link, refused);
          else attempt.handler(...given);
        })
        .catch((error: unknown) => lose(link, lost(target.name, error)));
    },
    ...(agent && { agent, agentForward: true }),
    readyTimeout: 0, // a person may be asked; silence is watched for instead
    keepaliveInterval: target.aliveMs,
    keepaliveCountMax: Number.MAX_SAFE_INTEGER,
  });
  if (link.isHasty)
    keysAtOnce(client, () => lose(link, lost(target.name, undefined, 'it exchanges keys in another way')));
  if (link.greeting || attempt.after) link.ahead = createAhead(client, link.greeting);
  showCertificates(client);
  signAtOnce(client, attempt.ready, link.ahead?.send);
  serviceAtOnce(client, attempt.signsOneWay, link.gone.signal);
  const watch = { tickMs: target.aliveMs, ticks: target.aliveCount, isPaused: attempt.isAsking };
  const silence = watchSilence(dialed.stream, watch, () =>
    lose(link, lost(target.name, undefined, 'it fell silent')),
  );
  link.gone.signal.addEventListener('abort', () => silence[Symbol.dispose](), { once: true });
  return promise;
}

/** All that the library asks of an agent whose keys it does not use itself. */
async function forwarded(agent: Agent): Promise<BaseAgent> {
  const { BaseAgent: Base } = await ssh2();
  const getStream = (done: (error: undefined, stream: Duplex) => void) => done(undefined, agent());
  return Object.assign(Object.create(Base.prototype) as BaseAgent, { getStream });
}

/** A key that could not sign: the library goes on with the next. */
function isPassing({ level, message }: Error & { level?: string }): boolean {
  return level === 'agent' || (level === 'client-authentication' && /sign/i.test(message));
}

const tooManyTries = 2; // of SSH's reasons to disconnect, what sshd gives then

function faultOf(
  { refused, attempt, target, ahead }: Link,
  error: Error & { level?: string; code?: unknown },
): TransferError {
  if (refused) return refused;
  if (error.level === 'client-authentication') return attempt.failure();
  if (error.code !== tooManyTries || ahead?.wasSent()) return reachFault(error, target.name);
  return attempt.tooMany(error);
}

function lose({ gone, dialed }: Link, error: TransferError): void {
  gone.abort(error); // the first reason stays
  dialed.stream.destroy();
}

function connection(link: Link, ahead: Answered | undefined): Connection {
  const { client, target, gone, dialed, agent } = link;
  const lends = agent !== undefined;
  const asking = createAsking({ client, name: target.name, gone: gone.signal, lends, ahead });
  return {
    ...asking,
    name: target.name,
    gone: gone.signal,
    hostKey: link.shown!,
    roundTripMs: dialed.roundTripMs,
    [Symbol.asyncDispose]: () => close(link),
  };
}

/** Says goodbye, and waits for nobody. */
async function close(link: Link): Promise<void> {
  link.gone.abort(new TransferError('stopped', `the connection to ${link.target.name} was closed`));
  link.client.end();
  await link.dialed[Symbol.asyncDispose]();
}
