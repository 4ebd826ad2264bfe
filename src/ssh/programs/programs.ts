/**
 * Programs on a host. What the first of them shows is remembered: that there is a shell, and whether what is sent before
 * a program has begun reaches it whole. Then nobody waits for that any more, which saves a round trip: a login file that
 * reads some of it is noticed each time, before the program runs.
 */
import { randomBytes } from 'node:crypto';
import { TransferError } from '../../errors.ts';
import { orAborted } from '../../work/abort.ts';
import type { FarProcess, RunHow } from '../../work/far-process.ts';
import type { Connection } from '../connect.ts';
import { lost } from '../fault.ts';
import type { Pool } from '../pool.ts';
import { farCommand, type Input } from './far-command.ts';
import { afterMarker } from './opening.ts';
import { farProcess } from './process.ts';

export type Program = RunHow & { readonly script: string; readonly args: readonly Uint8Array[] };

type Run = (program: Program, signal: AbortSignal) => Promise<FarProcess>;

export type Programs = {
  /** 'unsupported' where there is no shell */
  readonly run: Run;
  /** The same of the first and only one on its connections, which has to begin before this resolves. */
  readonly runAlone: Run;
};

/** Whether what is sent early comes whole; unknown until the first program has begun. */
type Early = 'unknown' | 'whole' | 'eaten';

export function createPrograms(pool: Pool): Programs {
  let shell: Promise<unknown> | undefined;
  let early: Early = 'unknown';
  const learns = (isWhole: boolean) => {
    early = isWhole ? 'whole' : 'eaten';
  };
  const find = (look: () => Promise<unknown>) => {
    shell ??= look().catch((error: unknown) => {
      shell = undefined; // what may pass is looked for again
      throw error;
    });
  };
  /** What reads nothing needs not wait until a shell was found: it has found one if it begins. */
  const runAtOnce: Run = (program, until) => {
    const running = begin(
      pool,
      program,
      { input: early === 'unknown' ? 'none but the token' : 'late', learns },
      until,
    );
    find(() => running);
    shell?.catch(() => undefined); // who runs it is told
    return running;
  };
  return {
    async run(program, until) {
      if (program.readsNothing) return runAtOnce(program, until);
      find(() => findShell(pool, learns, until));
      await orAborted(shell!, until);
      if (early !== 'whole') return begin(pool, program, { input: 'late', learns }, until);
      return beginLater(pool, program, learns, until);
    },
    runAlone: (program, until) => begin(pool, program, { input: 'late', learns }, until),
  };
}

type Learns = (isWhole: boolean) => void;
type InputHow = { readonly input: Input; readonly learns: Learns };

/** A server without a shell may take a command for its own and wait for input: this one has none. */
async function findShell(pool: Pool, learns: Learns, signal: AbortSignal): Promise<void> {
  const nothing = { script: ':', args: [], readsNothing: true };
  await using _ = await begin(pool, nothing, { input: 'none but the token', learns }, signal);
}

/** When it has begun. */
async function begin(pool: Pool, program: Program, how: InputHow, signal: AbortSignal): Promise<FarProcess> {
  const started = await start(pool, program, how, signal);
  if (program.readsNothing) started.process.stdin.end();
  try {
    await begun(started, signal);
    return started.process;
  } catch (error) {
    await started[Symbol.asyncDispose]();
    throw error;
  }
}

/** At once: where it does not begin its streams fail. */
async function beginLater(
  pool: Pool,
  program: Program,
  learns: Learns,
  signal: AbortSignal,
): Promise<FarProcess> {
  const started = await start(pool, program, { input: 'early', learns }, signal);
  const { stdin, stdout } = started.process;
  begun(started, signal).catch((error: Error) => {
    stdin.destroy(error);
    stdout.destroy(error);
    void started[Symbol.asyncDispose]();
  });
  return started.process;
}

type Started = AsyncDisposable & {
  readonly process: FarProcess;
  readonly begun: Promise<void>;
  readonly name: string;
};

async function start(
  pool: Pool,
  { script, args, isHeavy = false }: Program,
  { input, learns }: InputHow,
  signal: AbortSignal,
): Promise<Started> {
  const marker = `difpipe-${randomBytes(9).toString('hex')}`;
  const { text, token } = farCommand(script, args, marker, input);
  const execute = (connection: Connection, until: AbortSignal) => connection.execute(text, until);
  const leased = await pool.channel(execute, { isHeavy }, signal);
  const { name, gone } = leased.connection;
  const told = (isWhole: boolean) => {
    if (token) learns(isWhole);
    return input === 'early' && !isWhole ? eaten(name) : undefined;
  };
  const opening = afterMarker(marker, name, told);
  const over = AbortSignal.any([signal, gone, leased.refused]);
  const process = farProcess(leased.channel, { name, opening, over });
  if (token) process.stdin.write(token);
  return { process, begun: opening.begun, name, [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
}

function eaten(name: string): TransferError {
  return new TransferError('transient', `a login file on ${name} reads what a program is sent`, {
    hint: 'a login file must read nothing where there is no terminal',
  });
}

const beginMs = 60_000;

async function begun({ begun, process, name }: Started, signal: AbortSignal): Promise<void> {
  const late = AbortSignal.timeout(beginMs);
  try {
    await orAborted(begun, AbortSignal.any([signal, late]));
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted) throw lost(name, undefined, `it did not start a shell within ${beginMs / 1000} s`);
    const why = process.complaint();
    if (!(error instanceof TransferError) || error.kind !== 'unsupported' || why === '') throw error;
    throw new TransferError('unsupported', `${error.message}: ${why}`, { cause: error, hint: error.hint! });
  }
}
