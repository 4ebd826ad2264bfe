/** Proving who we are with keys, one after the other; those that ask nobody sign before the host says that it takes them. */
import type { AnyAuthMethod, BaseAgent } from 'ssh2';
import { ssh2 } from '../quick/library.ts';
import type { Ready } from '../quick/sign-at-once.ts';
import type { State } from './proving.ts';
import { type Signer, type Signers, signersOf } from './signers.ts';

const mostUnasked = 2; // a host that takes no keys counts them as tries

/** Whether keys go first, and there are few, and none that asks anybody. */
export async function isOpenHanded(state: State): Promise<boolean> {
  if (state.hasKeys || state.target.methods[0] !== 'publickey') return false;
  const { signers } = await signersIn(state);
  return signers.length > 0 && signers.length <= mostUnasked && signers.every(({ isOpen }) => isOpen);
}

/** A key of RSA signs with a hash that the host has to know. */
export async function signOneWay(state: State): Promise<boolean> {
  const { signer } = state.memory;
  if (!signer && !state.target.methods.includes('publickey')) return true;
  if (!signer && state.hasKeys) return false; // another connection finds out which it will be
  const signers = signer ? [signer] : (await signersIn(state)).signers;
  return signers.every(({ key }) => key.type !== 'ssh-rsa');
}

function signersIn(state: State): Promise<Signers> {
  state.signers ??= signersOf(state.target, state.access.ask);
  return state.signers;
}

/** What was right before, or asks nobody, signs at once. */
export function readyIn(state: State): Ready {
  return (key) => {
    const signer = state.known.find((one) => one.key === key);
    const isKnown = signer !== undefined && signer === state.memory.signer;
    if (!signer || state.mustAsk || !(signer.isOpen || isKnown)) return undefined;
    return (data, hash) => {
      state.signer = signer;
      return signer.sign(data, hash);
    };
  };
}

/** Or something else after a key, which it says only to who asks before he signs. */
export function takesKeysAlone({ offered }: State): boolean {
  return offered?.length === 1 && offered[0] === 'publickey';
}

export async function* keys(state: State): AsyncGenerator<AnyAuthMethod, void> {
  const { signers, notes } = await signersIn(state);
  state.notes.push(...notes);
  state.hasKeys = true;
  if (signers.length > 0) yield await withKeys(state, signers);
}

export async function withKeys(state: State, signers: readonly Signer[]): Promise<AnyAuthMethod> {
  state.known = signers;
  state.tried.push(signers.length === 1 ? 'a key' : `${signers.length} keys`);
  return { type: 'agent', username: state.target.user, agent: await signing(state, signers) };
}

/** All keys as one agent, because only an agent of the library may take its time to sign. */
async function signing(state: State, signers: readonly Signer[]): Promise<BaseAgent> {
  const { BaseAgent: Base } = await ssh2();
  const agent: Pick<BaseAgent, 'getIdentities' | 'sign'> = {
    getIdentities: (done) =>
      done(
        null,
        signers.map(({ key }) => key),
      ),
    sign: (key: unknown, data: Buffer, options: unknown, done?: unknown) => {
      const signer = signers.find((one) => one.key === key)!;
      const finish = done as (error: Error | null, signature?: Buffer) => void;
      state.signer = signer;
      signer.sign(data, (options as { hash?: 'sha256' }).hash).then(
        (signature) => {
          state.hasSigned = true;
          finish(null, signature);
        },
        (error: Error) => {
          state.notes.push(`cannot sign with ${signer.label}`);
          finish(error);
        },
      );
    },
  };
  return Object.assign(Object.create(Base.prototype) as BaseAgent, agent);
}
