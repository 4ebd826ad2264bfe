/** A connection as it is made: what was dialed, who proves us, and why it is lost, of which the first reason stays. */

import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { TransferError } from '../errors.ts';
import type { Target } from './config/target.ts';
import type { Dialed } from './dial.ts';
import { lost, reachFault } from './fault.ts';
import type { Attempt } from './proof/authenticate.ts';
import type { HostKeys } from './proof/host-key.ts';
import type { Ahead } from './quick/ahead.ts';

/** An agent of ours for programs on a host: a stream for each that connects to it. */
export type Agent = () => Duplex;

export type Link = {
  readonly target: Target;
  readonly attempt: Attempt;
  readonly dialed: Dialed;
  readonly client: Client;
  readonly gone: AbortController;
  readonly keys: HostKeys;
  readonly agent: Agent | undefined;
  readonly greeting: Uint8Array | undefined;
  /** kept when it is to be made fast, with how many bytes that mean nothing may go for that */
  readonly warming: Promise<number> | undefined;
  /** keys are exchanged before the host has said how */
  readonly isHasty: boolean;
  ahead: Ahead | undefined;
  refused: TransferError | undefined;
  /** the key that the host has */
  shown: Buffer | undefined;
};

/** A program in between says why it broke off, if at all, by the time it has ended. */
export function explained(error: unknown, { target, dialed }: Link): unknown {
  const said = dialed.complaint();
  const isBroken = error instanceof TransferError && error.kind === 'transient';
  return isBroken && said !== '' ? lost(target.name, error, said) : error;
}

/** A key that could not sign: the library goes on with the next. */
export function isPassing({ level, message }: Error & { level?: string }): boolean {
  return level === 'agent' || (level === 'client-authentication' && /sign/i.test(message));
}

const tooManyTries = 2; // of SSH's reasons to disconnect, what sshd gives then

/** What became of it, by what the host said and what we have sent. */
export function faultOf(
  { refused, attempt, target, ahead }: Link,
  error: Error & { level?: string; code?: unknown },
): TransferError {
  if (refused) return refused;
  if (error.level === 'client-authentication') return attempt.failure();
  if (error.code !== tooManyTries || ahead?.wasSent()) return reachFault(error, target.name);
  return attempt.tooMany(error);
}

/** Nobody who waits for anything on it waits longer. */
export function lose({ gone, dialed }: Link, error: TransferError): void {
  gone.abort(error); // the first reason stays
  dialed.stream.destroy();
}

/** Says goodbye, and waits for nobody. */
export async function close(link: Link): Promise<void> {
  link.gone.abort(new TransferError('stopped', `the connection to ${link.target.name} was closed`));
  link.client.end();
  await link.dialed[Symbol.asyncDispose]();
}
