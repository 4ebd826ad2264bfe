/** How much of what was written to a connection is under way, as the kernel counts it. */
import type { Socket } from 'node:net';
import { tcpInfo } from './tcp-info.ts';

export type Sent = {
  /** how much may be under way at once now */
  readonly windowBytes: number;
  readonly underWayBytes: number;
  /** what the kernel holds back until some of that was answered for */
  readonly notSentBytes: number;
  /** something had to be sent again */
  readonly hasLost: boolean;
  readonly roundTripMs: number;
  /** how much longer answers take than the quickest did */
  readonly waitsMs: number;
};

const at = { segment: 16, unacked: 24, roundTrip: 68, window: 80, sentAgain: 100, notSent: 144, least: 148 };

/** Undefined for what is no connection of TCP, or where the kernel does not tell. */
export function sentOn(socket: Socket): Sent | undefined {
  const info = tcpInfo(socket);
  if (!info) return undefined;
  const read = (from: number) => info.readUInt32LE(from);
  const segment = read(at.segment);
  return {
    windowBytes: read(at.window) * segment,
    underWayBytes: read(at.unacked) * segment,
    notSentBytes: read(at.notSent),
    hasLost: read(at.sentAgain) > 0,
    roundTripMs: read(at.least) / 1000,
    waitsMs: (read(at.roundTrip) - read(at.least)) / 1000,
  };
}
