/** A stream of bytes to the SSH server of a host: TCP, a channel through another host, or a program. */
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { roundTripOf } from '../work/posix/round-trip.ts';
import type { Target } from './config/target.ts';
import type { Connection } from './connect.ts';
import { reachFault } from './fault.ts';
import { longMs } from './many.ts';
import { dialCommand } from './proxy-command.ts';
import { createReading } from './quick/reading.ts';

export type Dialed = AsyncDisposable & {
  readonly stream: Duplex;
  /** what the far end's answer took; undefined where it cannot be told */
  readonly roundTripMs: number | undefined;
  /** what a program in between has to say */
  readonly complaint: () => string;
  /** Absent, or: what comes from now on may be gone when its listeners have returned. */
  readonly lend?: () => void;
};

/** Through `hop` where there is one, which then belongs to what is dialed. `isLong` is told once that a round trip takes 20 ms. */
export async function dial(
  target: Target,
  hop: Connection | undefined,
  signal: AbortSignal,
  isLong: () => void = () => undefined,
): Promise<Dialed> {
  if (hop) return dialThrough(hop, target, signal);
  if (target.approach.kind === 'command') return dialCommand(target.approach.command);
  return dialTcp(target, target.approach.kind === 'direct' ? target.approach.family : 0, signal, isLong);
}

async function dialTcp(
  { host, port, name }: Target,
  family: 0 | 4 | 6,
  signal: AbortSignal,
  isLong: () => void,
): Promise<Dialed> {
  let beganMs = performance.now();
  const { onread, by, lend } = createReading();
  const how = { noDelay: true, autoSelectFamilyAttemptTimeout: 2_000 };
  const socket = connectTcp({ host, port, family, onread, ...how });
  by(socket);
  let waiting: NodeJS.Timeout | undefined;
  socket.on('connectionAttempt', () => {
    beganMs = performance.now();
    waiting ??= setTimeout(() => setImmediate(() => socket.connecting && isLong()), longMs); // what came was read by then
  });
  try {
    await once(socket, 'connect', { signal });
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    throw reachFault(error, name);
  } finally {
    clearTimeout(waiting);
  }
  const roundTripMs = roundTripOf(socket) ?? performance.now() - beganMs;
  return {
    stream: socket,
    roundTripMs,
    complaint: () => '',
    lend,
    [Symbol.asyncDispose]: async () => void socket.destroy(),
  };
}

async function dialThrough(
  hop: Connection,
  { host, port, name }: Target,
  signal: AbortSignal,
): Promise<Dialed> {
  const beganMs = performance.now();
  try {
    const stream = await hop.forward(host, port, signal);
    const roundTripMs = performance.now() - beganMs;
    return {
      stream,
      roundTripMs,
      complaint: () => '',
      [Symbol.asyncDispose]: () => hop[Symbol.asyncDispose](),
    };
  } catch (error) {
    await hop[Symbol.asyncDispose]();
    throw reachFault(error, `${name} through ${hop.name}`);
  }
}
