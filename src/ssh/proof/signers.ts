/**
 * The keys that may open a host, in ssh's order: certificates in files, keys that are in the agent and named by the
 * configuration, the rest of the agent's, the files. A passphrase is asked for when the host has said that it takes
 * the key, and only for a key that the agent does not have.
 */
import type { BaseAgent, ParsedKey } from 'ssh2';
import { printable, show } from '../../report/show.ts';
import type { Access } from '../access.ts';
import type { Target } from '../config/target.ts';
import { ssh2 } from '../quick/library.ts';
import { type AgentKey, keysIn } from './agent-keys.ts';
import { certifiedSigners } from './certified-signers.ts';
import { type Identity, identitiesIn, unlock } from './identity.ts';

export type Signer = {
  readonly key: ParsedKey;
  /** what to call it in messages */
  readonly label: string;
  readonly sign: (data: Buffer, hash: Hash | undefined) => Promise<Buffer>;
  /** it signs without asking anybody */
  readonly isOpen: boolean;
};

export type Hash = 'sha1' | 'sha256' | 'sha512';

export type Signers = {
  readonly signers: readonly Signer[];
  /** sentences on keys and agents that could not be used */
  readonly notes: readonly string[];
};

export async function signersOf(target: Target, ask: Access['ask']): Promise<Signers> {
  const agent = await fromAgent(target);
  const identities = await identitiesIn(target.identityFiles);
  const files = identities.flatMap((identity) => fromFile(identity, ask));
  const named = identities.flatMap(({ key }) => blobOf(key) ?? []);
  const isNamed = (signer: Signer) => named.includes(blobOf(signer.key)!);
  const first = agent.signers.filter(isNamed);
  const others = target.identitiesOnly ? [] : agent.signers.filter((signer) => !isNamed(signer));
  const held = new Set(agent.signers.map(({ key }) => blobOf(key)));
  const notes = identities.flatMap((identity) => note(identity, target, ask));
  const shown = certifiedSigners(target, [...agent.signers, ...files]);
  const isShown = new Set(shown.signers.map(({ key }) => blobOf(key)));
  const inAgent = [...first, ...others].filter(({ key }) => !isShown.has(blobOf(key)));
  return {
    signers: [...shown.signers, ...inAgent, ...files.filter(({ key }) => !held.has(blobOf(key)))],
    notes: [...agent.notes, ...notes, ...shown.notes],
  };
}

function note(identity: Identity, { namesIdentities }: Target, ask: Access['ask']): readonly string[] {
  if (identity.kind === 'unusable') return [identity.why];
  if (identity.kind === 'absent' && namesIdentities)
    return [`there is no ${show(Buffer.from(identity.path))}, which IdentityFile names`];
  return lockedNote(identity, ask);
}

function lockedNote(identity: Identity, ask: Access['ask']): readonly string[] {
  if (identity.kind !== 'locked' || (ask && identity.key)) return [];
  const why = ask ? 'nothing tells its public half' : 'there is no terminal to ask for it';
  return [`${show(Buffer.from(identity.path))} has a passphrase, and ${why}: ssh-add gives it to an agent`];
}

function blobOf(key: ParsedKey | undefined): string | undefined {
  return key?.getPublicSSH().toString('base64');
}

async function fromAgent({ agentSocket }: Target): Promise<Signers> {
  if (agentSocket === undefined) return { signers: [], notes: [] };
  try {
    const keys = await keysIn(agentSocket);
    const agent = (await ssh2()).createAgent(agentSocket);
    return { signers: keys.map((key) => held(agent, key)), notes: [] };
  } catch {
    return { signers: [], notes: [`the agent at ${show(Buffer.from(agentSocket))} does not answer`] };
  }
}

function held(agent: BaseAgent, { key, comment }: AgentKey): Signer {
  const sign = (data: Buffer, hash: Hash | undefined) => {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    agent.sign(key, data, hash ? { hash } : {}, (error, signature) =>
      signature ? resolve(signature) : reject(error),
    );
    return promise;
  };
  return { key, label: `the agent's ${printable(comment || key.type)}`, sign, isOpen: false };
}

function fromFile(identity: Identity, ask: Access['ask']): readonly Signer[] {
  if ((identity.kind !== 'open' && identity.kind !== 'locked') || identity.key === undefined) return [];
  const label = show(Buffer.from(identity.path));
  if (identity.kind === 'open') {
    const sign = async (data: Buffer, hash: Hash | undefined) => signed(identity.key, data, hash);
    return [{ key: identity.key, label, sign, isOpen: true }];
  }
  if (!ask) return [];
  let unlocked: ParsedKey | undefined;
  const sign = async (data: Buffer, hash: Hash | undefined) => {
    unlocked ??= await askFor(identity.text, label, ask);
    return signed(unlocked, data, hash);
  };
  return [{ key: identity.key, label, sign, isOpen: false }];
}

const passphraseTries = 3;

async function askFor(text: string, label: string, ask: NonNullable<Access['ask']>): Promise<ParsedKey> {
  for (let tried = 0; tried < passphraseTries; tried++) {
    const key = await unlock(text, await ask(`passphrase of ${label}`, true));
    if (key) return key;
  }
  throw new Error(`the passphrase of ${label} was wrong`);
}

function signed(key: ParsedKey, data: Buffer, hash: Hash | undefined): Buffer {
  const signature: Buffer | Error = key.sign(data, hash);
  if (signature instanceof Error) throw signature;
  return signature;
}
