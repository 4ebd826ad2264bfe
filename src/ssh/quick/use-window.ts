/**
 * How much of what a session may be sent is under way. An OpenSSH server lets nobody write to it until it was asked to be
 * something, and then takes 2 MiB that its program has not read. It keeps them in memory that it copies and clears anew for
 * each packet that it grows by: on a short way, where programs are slower than the line, that takes it more time than all
 * else, for each program anew.
 */
import { isShort } from '../many.ts';

/** What is counted as ssh2 does: bytes that may be sent yet, and the most that a packet may hold. */
type Outgoing = { window: number; readonly packetSize: number };

type How = {
  /** used before the host says that it takes anything, and counted when it does */
  readonly lentBytes: number;
  /** as `mostUnread` says it */
  readonly mostUnread: number;
};

/** More than its program has not read, a session is not sent. */
export function mostUnread(roundTripMs: number | undefined): number {
  return isShort(roundTripMs) ? 256 * 1024 : Number.POSITIVE_INFINITY;
}

/** OpenSSH says that three packets, of 32 KiB each, were read, not less: on fewer bytes all would wait for ever. */
const leastPackets = 4;

/** To be called before the host says for the first time how much it takes. What is beyond the most is never used. */
export function useWindow(outgoing: Outgoing, { lentBytes, mostUnread: most }: How): void {
  let window = outgoing.window + lentBytes;
  const mostBytes = Math.max(most, leastPackets * outgoing.packetSize);
  const describe = (how: PropertyDescriptor) =>
    Object.defineProperty(outgoing, 'window', { configurable: true, enumerable: true, ...how });
  const set = (now: number) => {
    if (now > window) describe({ value: Math.min(now - lentBytes, mostBytes), writable: true });
    else window = now;
  };
  describe({ get: () => window, set });
}
