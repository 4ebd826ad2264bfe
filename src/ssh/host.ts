/**
 * A host that SSH reaches: programs run there, and its SFTP server, on as many connections as make sense.
 */
import { TransferError } from '../errors.ts';
import type { SshPlace } from '../location/location.ts';
import type { FarProcess, RunFar } from '../work/far-process.ts';
import { type Patient, retry } from '../work/retry.ts';
import type { Access } from './access.ts';
import type { Connection } from './connect.ts';
import { followers } from './followers.ts';
import type { Agent } from './link.ts';
import { manyOver } from './many.ts';
import { type ChannelHow, Pool } from './pool.ts';
import { createPrograms } from './programs/programs.ts';
import { runAlone } from './programs/run-alone.ts';
import { type SftpProcess, startSftp } from './programs/sftp-process.ts';
import { createReach } from './reach.ts';
import type { Entrance } from './straight/lent-key.ts';

export type SshHost = AsyncDisposable & {
  /** user@host, with the port where it is not 22: for messages */
  readonly name: string;
  /** The same for every way to name this host and user that leads to this key of it. */
  readonly identity: string;
  /**
   * Runs a POSIX sh script whatever the login shell is, in the C locale; its arguments are bytes, $1 and so on. What
   * login files print is not in its output. The signal ends it at any time. 'unsupported' where there is no shell.
   */
  readonly run: RunFar;
  /**
   * The bytes of a new SFTP session. 'unsupported', here or on its stdout, where there is none. `isSpare`: it is refused
   * at once, as 'transient', where too little is left for others.
   */
  readonly sftp: (signal: AbortSignal, how?: Pick<ChannelHow, 'isSpare'>) => Promise<SftpProcess>;
  /** of the connection, as measured when it was made; undefined where a program is in between */
  readonly roundTripMs: number | undefined;
  /** Much will move soon: connections are made for it now. Kept when they are there, or will not be. */
  readonly widen: () => Promise<void>;
  /**
   * Much goes there soon: the connections that are being made become fast before, by so many bytes on each at most that
   * mean nothing. Once; more often is the same.
   */
  readonly warm: (mostBytes: number) => void;
  /** How another one would get in here as we did; undefined where that was not by a key. */
  readonly entrance: () => Entrance | undefined;
  /**
   * The same as `run`, on a connection of its own that ends with the program, and on which programs find an agent of
   * ours. Throws where the host forwards none.
   */
  readonly runLending: (
    agent: Agent,
    script: string,
    args: readonly Uint8Array[],
    signal: AbortSignal,
  ) => Promise<FarProcess>;
};

export type Meeting = {
  readonly waits?: Patient['waits'];
  /** how many connections are made at once over such a way; asked once */
  readonly connections?: (roundTripMs: number | undefined) => number;
  /** how many are made of those that nobody else moves much on; absent: as many as a long line may want */
  readonly most?: (roundTripMs: number | undefined) => number;
  /** What an SFTP server is told first. The first one is started with the first connection, and has been told that. */
  readonly greeting?: Uint8Array;
};

/** A host that is asked for its first connection may be dropping some at random. */
const patience = { tries: 5, waitMs: 200, mostWaitMs: 20_000, withinMs: 20_000 };

/**
 * Connects, and proves who both ends are; may ask for secrets while it does, and never after. 'refused' for a host
 * whose key is not the one it is known by, 'denied' where it does not let us in, 'missing', 'io' or 'transient' where
 * it cannot be reached. Who was there and is away later is waited for, of which `waits` is told.
 */
export async function openHost(
  place: SshPlace,
  access: Access,
  signal: AbortSignal,
  { connections = () => 1, most = () => manyOver(), greeting, waits }: Meeting = {},
): Promise<SshHost> {
  const { reach, follow, reachLending, entrance } = await createReach(place, access, signal);
  const alone = new AbortController();
  const until = AbortSignal.any([signal, alone.signal]);
  const { others, beside, warm } = followers(follow, connections, patience, until);
  let asksAhead = greeting;
  const meet = () => {
    const ahead = asksAhead;
    asksAhead = undefined; // it may have been that
    return reach(signal, { ...beside, greeting: ahead });
  };
  const first = await retry(meet, patience, signal).catch((error: unknown) => {
    alone.abort(error);
    throw error;
  });
  const mostAlone = most(first.roundTripMs);
  const pool = new Pool(first, (on) => later(() => reach(on)), { mostAlone, waits });
  for (const other of others) void pool.expect(other);
  const programs = createPrograms(pool);
  let sessions = 0;
  return {
    name: first.name,
    identity: `${first.name} ${Buffer.from(first.hostKey).toString('base64')}`,
    roundTripMs: first.roundTripMs,
    run: (script, args, until, how = {}) => programs.run({ script, args, ...how }, until),
    sftp: (until, how) => {
      sessions += 1;
      return startSftp(pool, { ...how, isHeavy: sessions > 1 }, until);
    },
    widen: () => pool.widen(mostAlone),
    warm,
    entrance: () => entrance(first),
    runLending: async (agent, script, args, until) => {
      const connection = await retry(() => reachLending(agent, until), patience, until);
      return runAlone(connection, { script, args }, until);
    },
    [Symbol.asyncDispose]: async () => {
      alone.abort(new TransferError('stopped', `the connections to ${first.name} were closed`));
      await pool[Symbol.asyncDispose]();
    },
  };
}

/** A host that was there and does not answer now may be coming up again. */
async function later(reach: () => Promise<Connection>): Promise<Connection> {
  try {
    return await reach();
  } catch (error) {
    if (error instanceof TransferError && error.kind === 'io') {
      const hint = error.hint === undefined ? {} : { hint: error.hint };
      throw new TransferError('transient', error.message, { cause: error, ...hint });
    }
    throw error;
  }
}
