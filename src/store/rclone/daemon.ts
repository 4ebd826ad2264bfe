/**
 * One rclone that serves a place: started when it is first needed, again when it went, ended with us. It listens on a
 * loopback port for who knows a password of this run; that, and which place it serves, goes through its environment.
 */
import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { createInterface } from 'node:readline';
import { isKind, TransferError } from '../../errors.ts';
import { orAborted } from '../../work/abort.ts';
import { basic } from '../../work/http/basic.ts';
import { type Leashed, leashed } from '../../work/leashed.ts';
import { call } from './call.ts';
import { complaintIn } from './copied.ts';
import { cleaned } from './fault.ts';
import type { Rclone } from './rclone.ts';
import { ownSettings } from './settings.ts';

/** What rclone calls the place. */
export const placeName = 'difpipe_place:';

export type Address = Agents & { readonly port: number; readonly authorization: string };

type Agents = {
  readonly agent: Agent;
  /** for what may not wait behind others */
  readonly aside: Agent;
};

export type Daemon = AsyncDisposable & {
  /** Throws 'unsupported' where there is no rclone, 'usage' where its configuration cannot be read. */
  readonly reach: (signal: AbortSignal) => Promise<Address>;
  /** Tells each line of its log, of level 'info' and above unless it speaks up, until it is disposed of. */
  readonly listen: (hear: Hear) => Disposable;
  /** Starts it anew, with all that it has to say in its log: one that runs cannot be told to say more. */
  readonly speakUp: () => Promise<void>;
};

type Hear = (line: string) => void;

type Level = 'INFO' | 'DEBUG';

const flags = [
  '--rc-serve',
  '--rc-addr=127.0.0.1:0',
  '--rc-server-read-timeout=8760h', // of an hour, and the answer to what takes longer was lost
  '--rc-server-write-timeout=8760h',
  '--ask-password=false',
  '--retries=1',
  '--low-level-retries=3',
  '--contimeout=20s',
  '--timeout=60s',
  '--stats=0',
  '--use-json-log',
] as const;

/** It looks half as often for what is free in its memory: up to a fifth of its processor time, for half as much memory more. */
const lessTidying = { GOGC: '200' };

const mostSockets = 128;
const keptLines = 8;
const startMs = 60_000;

/** `target` is the place as rclone writes it; `patienceMs` is how long it may take to start. */
export function createDaemon({ program, env }: Rclone, target: string, patienceMs = startMs): Daemon {
  const agent = new Agent({ keepAlive: true, maxSockets: mostSockets });
  const agents = { agent, aside: new Agent({ keepAlive: true }) };
  const started = new AsyncDisposableStack();
  const ears = new Set<Hear>();
  let level: Level = 'INFO';
  let serving: Promise<Serving> | undefined;
  const start = (path: string) => {
    const begun = serve({ program: path, env, target, level, patienceMs, agents, started, ears });
    serving = begun;
    const forget = () => {
      if (serving === begun) serving = undefined;
    };
    begun.then(({ over }) => over.then(forget), forget);
    return begun;
  };
  return {
    reach: async (signal) => {
      if (program === undefined) throw noRclone();
      const { address } = await orAborted(serving ?? start(program), signal);
      return address;
    },
    speakUp: async () => {
      level = 'DEBUG';
      const quiet = serving;
      serving = undefined;
      await (await quiet)?.end();
    },
    listen: (hear) => {
      ears.add(hear);
      return { [Symbol.dispose]: () => void ears.delete(hear) };
    },
    [Symbol.asyncDispose]: async () => {
      agent.destroy();
      agents.aside.destroy();
      await started.disposeAsync();
    },
  };
}

type Serving = {
  readonly address: Address;
  /** kept when it has ended */
  readonly over: Promise<void>;
  readonly end: () => Promise<void>;
};

type Serve = {
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  readonly target: string;
  readonly level: Level;
  readonly patienceMs: number;
  readonly agents: Agents;
  /** ends it when all is over */
  readonly started: AsyncDisposableStack;
  readonly ears: ReadonlySet<Hear>;
};

async function serve({
  program,
  env,
  target,
  level,
  patienceMs,
  agents,
  started,
  ears,
}: Serve): Promise<Serving> {
  const [user, password] = ['difpipe', randomBytes(24).toString('base64url')];
  const process = started.use(
    leashed([program, 'rcd', ...flags, `--log-level=${level}`], {
      ...lessTidying,
      ...ownSettings(env),
      RCLONE_RC_USER: user,
      RCLONE_RC_PASS: password,
      RCLONE_CONFIG_DIFPIPE_PLACE_TYPE: 'alias',
      RCLONE_CONFIG_DIFPIPE_PLACE_REMOTE: target,
    }),
  );
  const authorization = basic(user, password);
  const isOpened = Boolean(env.RCLONE_CONFIG_PASS);
  const { port, over, last } = listening(process, ears, isOpened);
  const end = async () => process[Symbol.asyncDispose]();
  void over.then(end);
  const late = AbortSignal.timeout(patienceMs);
  try {
    const address = { port: await orAborted(port, late), authorization, ...agents };
    await call({ reach: async () => address }, 'config/listremotes', {}, late); // reads its configuration
    return { address, over, end };
  } catch (error) {
    if (isKind(error, 'transient')) await orAborted(over, late).catch(() => undefined); // all it says of it
    await end();
    throw late.aborted ? silent(patienceMs) : noStart(last, isOpened);
  }
}

type Listening = {
  /** rejects when it ends before it says where it listens */
  readonly port: Promise<number>;
  readonly over: Promise<void>;
  /** what it said last */
  readonly last: readonly string[];
};

function listening({ stderr }: Leashed, ears: ReadonlySet<Hear>, isOpened: boolean): Listening {
  const { promise: port, resolve, reject } = Promise.withResolvers<number>();
  const last: string[] = [];
  const read = async () => {
    for await (const line of createInterface({ input: stderr })) {
      const found = /remote control on http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
      if (found) resolve(Number(found[1]));
      last.push(line);
      if (last.length > keptLines) last.shift();
      for (const hear of ears) hear(line);
    }
    reject(noStart(last, isOpened));
  };
  return { port, over: read().catch(reject), last };
}

/** `isOpened`: a password for its configuration was given. */
function noStart(lines: readonly string[], isOpened: boolean): TransferError {
  const why = complaintIn(lines);
  const message = `rclone did not start: ${cleaned(why) || 'it does not say why'}`;
  if (!/decrypt|password|encrypted/i.test(why)) return new TransferError('usage', message);
  return new TransferError('usage', message, {
    hint: isOpened
      ? 'the password in RCLONE_CONFIG_PASS is not that of its configuration'
      : 'its configuration is encrypted: give the password in RCLONE_CONFIG_PASS',
  });
}

function silent(afterMs: number): TransferError {
  return new TransferError('usage', `rclone did not start: nothing came of it for ${afterMs / 1000} s`, {
    hint: 'see whether rclone listremotes answers: it may wait for a password, or for a disk that is away',
  });
}

function noRclone(): TransferError {
  return new TransferError('unsupported', 'only rclone reaches this place, and there is none in PATH', {
    hint: 'get it from your distribution (apt install rclone) or from https://rclone.org/downloads/',
  });
}
