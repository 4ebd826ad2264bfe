/**
 * One connection to a host: dialed, the host's key judged, ourselves proved, and watched from then on. When it is
 * lost for any reason, `gone` is aborted with an error of kind 'transient', within about 20 s where the line is dead.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { TransferError } from '../errors.ts';
import { orAborted } from '../work/abort.ts';
import { heardLater } from '../work/heard-later.ts';
import { type Asking, createAsking } from './asking.ts';
import type { Target } from './config/target.ts';
import { dial } from './dial.ts';
import { forwarded, handshake } from './handshake.ts';
import { type Agent, close, explained, type Link } from './link.ts';
import { longMs } from './many.ts';
import type { Attempt } from './proof/authenticate.ts';
import { hostKeysOf } from './proof/host-key.ts';
import type { Answered } from './quick/ahead.ts';
import { isBegunWithOurs } from './quick/keys-at-once.ts';
import { ssh2 } from './quick/library.ts';
import { isUnixOpenSsh } from './quick/sessions.ts';
import { mostUnread } from './quick/use-window.ts';

export type Connection = AsyncDisposable &
  Asking & {
    readonly name: string;
    readonly gone: AbortSignal;
    /** what the host has shown, and proved to own */
    readonly hostKey: Uint8Array;
    readonly roundTripMs: number | undefined;
    /** what is behind it is OpenSSH, on a Unix */
    readonly isOpenSsh: boolean;
  };

/** Connects to the last of these hosts, through those before it. */
export type Reach = (hops: readonly string[]) => Promise<Connection>;

export type Beside = {
  /** programs there find it */
  readonly agent?: Agent;
  /** What an SFTP server is told first: one is asked for ahead, for who asks for the first. */
  readonly greeting?: Uint8Array | undefined;
  /** told what a round trip takes, once the host was dialed; before, that it is long where it is at least that */
  readonly met?: (roundTripMs: number | undefined) => void;
  /** kept when much is known to go there, with how many bytes that mean nothing may go before that */
  readonly warming?: Promise<number>;
};

/** Names of hosts with which keys are exchanged one step after the other: they may not have borne it otherwise. */
export type Steady = Set<string>;

/** Throws the fault that is known best; a host that did not bear haste is not hurried again. */
export async function connect(
  target: Target,
  prove: () => Attempt,
  reach: Reach,
  signal: AbortSignal,
  { agent, greeting, met, warming, steady }: Beside & { readonly steady: Steady },
): Promise<Connection> {
  const hop = target.approach.kind === 'jump' ? await reach(target.approach.hops) : undefined; // where a person may be asked
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
    return await begin(
      { target, attempt: prove(), dialed, agent, greeting, warming, isHasty },
      either,
      () => {
        clearTimeout(timer);
        isHasty = false;
      },
    );
  } catch (error) {
    if (isHasty) steady.add(target.name);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function begin(
  given: Pick<Link, 'target' | 'attempt' | 'dialed' | 'agent' | 'greeting' | 'warming' | 'isHasty'>,
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

function connection(link: Link, ahead: Answered | undefined): Connection {
  const { client, target, gone, dialed, agent } = link;
  const lends = agent !== undefined;
  const most = mostUnread(dialed.roundTripMs);
  const asking = createAsking({
    client,
    name: target.name,
    gone: gone.signal,
    lends,
    ahead,
    mostUnread: most,
  });
  return {
    ...asking,
    name: target.name,
    gone: gone.signal,
    hostKey: link.shown!,
    roundTripMs: dialed.roundTripMs,
    isOpenSsh: isUnixOpenSsh(client),
    [Symbol.asyncDispose]: () => close(link),
  };
}
