/** How far the proof of who we are has come on one connection. */
import type { Access } from '../access.ts';
import type { Target } from '../config/target.ts';
import type { Signer, Signers } from './signers.ts';

/** What was right before, for all connections to a host. */
export type Memory = {
  signer: Signer | undefined;
  readonly answers: Map<string, string>;
  hasWon: boolean;
  readonly won: PromiseWithResolvers<void>;
};

export type State = {
  readonly target: Target;
  readonly access: Access;
  readonly memory: Memory;
  readonly tried: string[];
  readonly notes: string[];
  /** what the host takes, as far as it said; undefined before it was asked */
  offered: readonly string[] | undefined;
  hasKeys: boolean;
  signers: Promise<Signers> | undefined;
  known: readonly Signer[];
  mustAsk: boolean;
  /** the host wanted a signature, and got it */
  hasSigned: boolean;
  asking: number;
  signer: Signer | undefined;
  /** the host took something, and wants more */
  wantsMore: boolean;
  stopped: unknown;
};

/** A host that wants more than a key says so after it, which the library does not hand on. */
export function takes({ offered, hasSigned, stopped }: State, method: string): boolean {
  if (stopped !== undefined) return false;
  const isBlind = hasSigned && offered?.length === 1 && offered[0] === 'publickey';
  return offered?.includes(method) === true || (isBlind && method !== 'publickey');
}
