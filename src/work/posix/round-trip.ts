/** How long an answer takes on a connection, as the kernel saw it: a busy thread hears of it later. */
import type { Socket } from 'node:net';
import { tcpInfo } from './tcp-info.ts';

/** `tcpi_min_rtt`, in microseconds */
const minRttAt = 148;

/** Undefined where nobody measured it, or the kernel does not tell. */
export function roundTripOf(socket: Socket): number | undefined {
  const us = tcpInfo(socket)?.readUInt32LE(minRttAt);
  return us === undefined || us === 0 || us === 0xffff_ffff ? undefined : us / 1000;
}
