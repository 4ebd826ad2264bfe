/**
 * Proving who we are, in ssh's order, or that of ssh_config: keys, then questions (keyboard-interactive), then the password,
 * as far as the host offers them. The first connection may ask the person; those after it repeat what was right then.
 */
import type { AnyAuthMethod, AuthHandlerMiddleware, KeyboardInteractiveAuthMethod, Prompt } from 'ssh2';
import { TransferError } from '../../errors.ts';
import { printable } from '../../report/show.ts';
import type { Access } from '../access.ts';
import type { Method } from '../config/methods.ts';
import type { Target } from '../config/target.ts';
import type { Ready } from '../quick/sign-at-once.ts';
import { isOpenHanded, keys, readyIn, signOneWay, takesKeysAlone, withKeys } from './prove-keys.ts';
import { type Memory, type State, takes } from './proving.ts';
import type { Signer } from './signers.ts';

/** Of one host, for all connections to it. */
export type Proof = {
  readonly begin: () => Attempt;
  /** Of a connection beside the first: it proves nothing before that one has won, and then the same, asking nobody. */
  readonly follow: () => Attempt;
  /** The key that was right; undefined where none was used. */
  readonly signer: () => Signer | undefined;
};

/** Of one connection. */
export type Attempt = {
  readonly handler: AuthHandlerMiddleware;
  readonly ready: Ready;
  /** Whether no key of ours has more than one kind of signature. */
  readonly signsOneWay: () => Promise<boolean>;
  /** another one goes first, and has won when this resolves */
  readonly after: Promise<void> | undefined;
  /** a person is being asked: nothing may time out */
  readonly isAsking: () => boolean;
  /** tells the proof that this was right */
  readonly won: () => void;
  /** why nothing was right, in a sentence with a hint */
  readonly failure: () => TransferError;
  /** the same where the host had enough of it */
  readonly tooMany: (cause: Error) => TransferError;
};

export function createProof(target: Target, access: Access): Proof {
  const memory: Memory = {
    signer: undefined,
    answers: new Map(),
    hasWon: false,
    won: Promise.withResolvers(),
  };
  return {
    begin: () => begin(target, access, memory, memory.hasWon),
    follow: () => ({ ...begin(target, access, memory, true), after: memory.won.promise }),
    signer: () => memory.signer,
  };
}

function begin(target: Target, access: Access, memory: Memory, isKnown: boolean): Attempt {
  const state: State = {
    target,
    access: { ...access, ask: isKnown ? undefined : watched(access.ask, () => state) },
    memory,
    tried: [],
    notes: [],
    offered: undefined,
    hasKeys: isKnown,
    signers: undefined,
    known: [],
    mustAsk: false,
    hasSigned: false,
    asking: 0,
    signer: undefined,
    wantsMore: false,
    stopped: undefined,
  };
  const steps = attempts(state);
  return {
    handler: (left, isPart, next) => {
      if (left) state.offered = left;
      state.wantsMore ||= isPart === true; // not told of keys, but those come first
      const give = (method: AnyAuthMethod | undefined) => next((method ?? false) as AnyAuthMethod);
      steps.next().then(
        ({ value }) => give(value || undefined),
        (error: unknown) => {
          state.stopped ??= error;
          give(undefined);
        },
      );
    },
    ready: readyIn(state),
    signsOneWay: () => signOneWay(state),
    after: undefined,
    isAsking: () => state.asking > 0,
    won: () => {
      memory.signer = state.signer;
      memory.hasWon = true;
      memory.won.resolve();
    },
    failure: () => failure(state),
    tooMany: (cause) => (triesSecrets(state) ? failure(state) : tooManyKeys(state, cause)),
  };
}

/** What a person did not want to answer ends all. */
function watched(ask: Access['ask'], stateOf: () => State): Access['ask'] {
  if (!ask) return undefined;
  return async (question, isSecret) => {
    const state = stateOf();
    if (state.stopped !== undefined) throw state.stopped;
    state.asking += 1;
    try {
      return await ask(question, isSecret);
    } catch (error) {
      state.stopped ??= error;
      throw error;
    } finally {
      state.asking -= 1;
    }
  };
}

const rounds = 3; // a host may want several proofs, one after the other

async function* attempts(state: State): AsyncGenerator<AnyAuthMethod, void> {
  const username = state.target.user;
  if (state.memory.signer) yield await withKeys(state, [state.memory.signer]);
  const isHasty = !state.memory.signer && (await isOpenHanded(state));
  if (isHasty) yield* keys(state); // what else it takes is asked when they will not do
  yield { type: 'none', username };
  if (isHasty && takesKeysAlone(state)) Object.assign(state, { hasKeys: false, mustAsk: true });
  for (let round = 0; round < rounds && state.stopped === undefined; round++) {
    state.wantsMore = false;
    for (const method of state.target.methods) if (takes(state, method)) yield* proofs[method](state);
    if (!state.wantsMore) return;
  }
}

const proofs: Readonly<Record<Method, (state: State) => AsyncGenerator<AnyAuthMethod, void>>> = {
  publickey: async function* (state) {
    if (!state.hasKeys) yield* keys(state);
  },
  'keyboard-interactive': questions,
  password: passwords,
};

async function* questions(state: State): AsyncGenerator<AnyAuthMethod, void> {
  const { access, memory, target } = state;
  let mayUsePassword = access.password !== undefined;
  const answer = async ({ prompt, echo }: Prompt): Promise<string> => {
    if (!echo && mayUsePassword) {
      mayUsePassword = false;
      return access.password!;
    }
    const question = `${target.name}: ${printable(prompt.trim())}`;
    const answered = access.ask ? await access.ask(question, !echo) : memory.answers.get(question);
    if (answered === undefined) throw new Error('nobody to ask');
    memory.answers.set(question, answered);
    return answered;
  };
  const tries = access.ask ? target.passwordTries : mayUsePassword || memory.answers.size > 0 ? 1 : 0;
  for (let tried = 0; tried < tries && takes(state, 'keyboard-interactive'); tried++) {
    state.tried.push('questions');
    yield interactive(target.user, answer);
  }
}

/** Answered one after the other; where one cannot be answered, all are empty and the host says no. */
function interactive(
  username: string,
  answer: (prompt: Prompt) => Promise<string>,
): KeyboardInteractiveAuthMethod {
  const answers = async (prompts: readonly Prompt[]) => {
    const given: string[] = [];
    for (const prompt of prompts) given.push(await answer(prompt));
    return given;
  };
  return {
    type: 'keyboard-interactive',
    username,
    prompt: (_name, _instructions, _language, prompts, finish) => {
      answers(prompts).then(finish, () => finish(prompts.map(() => '')));
    },
  };
}

async function* passwords(state: State): AsyncGenerator<AnyAuthMethod, void> {
  const { access, memory, target } = state;
  const question = `password of ${target.name}`;
  const known = access.password ?? memory.answers.get(question);
  if (known !== undefined) {
    state.tried.push('the password');
    yield { type: 'password', username: target.user, password: known };
    return;
  }
  for (let tried = 0; access.ask && tried < target.passwordTries && takes(state, 'password'); tried++) {
    const password = await access.ask(question, true);
    memory.answers.set(question, password);
    state.tried.push('the password');
    yield { type: 'password', username: target.user, password };
  }
}

function isForbidden({ methods }: Target, method: string): boolean {
  return method in proofs && !methods.includes(method as Method);
}

/** Whether a password may have been wrong. */
function triesSecrets({ tried }: State): boolean {
  return tried.includes('the password') || tried.includes('questions');
}

function tooManyKeys({ target }: State, cause: Error): TransferError {
  return new TransferError('denied', `${target.name} does not let us in: too many keys were tried`, {
    cause,
    hint: 'IdentitiesOnly and IdentityFile in ~/.ssh/config say which key it is',
  });
}

function failure(state: State): TransferError {
  const { target, tried, notes, offered, stopped } = state;
  if (stopped instanceof TransferError) return stopped;
  const what = tried.length === 0 ? 'nothing to try' : `tried ${[...new Set(tried)].join(', ')}`;
  const takes = offered?.length ? `; it takes ${printable(offered.join(', '))}` : '';
  const usual = `see whether ssh ${target.typed} works`;
  const forbidden = (offered ?? []).filter((method) => isForbidden(target, method));
  const left =
    forbidden.length > 0 ? [`ssh_config does not let us try ${printable(forbidden.join(', '))}`] : [];
  const wrong = triesSecrets(state) ? ['the password may be wrong'] : [];
  const known = [...notes, ...left, ...wrong];
  const hint = known.length > 0 ? [...new Set(known)].join('; ') : usual;
  return new TransferError('denied', `${target.name} does not let us in: ${what}${takes}`, { hint });
}
