/** How long an answer takes on a connection, as the kernel saw it: a busy thread hears of it later. */
import type { Socket } from 'node:net';
import * as libc from './libc.ts';
import { block } from './memory.ts';

const IPPROTO_TCP = 6;
const TCP_INFO = 11;
/** `tcpi_min_rtt` of `struct tcp_info`, in microseconds; since Linux 4.6 */
const minRttAt = 148;
const size = 192;

/** Undefined where nobody measured it, or the kernel does not tell. */
export function roundTripOf(socket: Socket): number | undefined {
  const fd = fdOf(socket);
  if (fd === undefined) return undefined;
  const info = block(size);
  const length = block(4);
  length.bytes.writeUInt32LE(size);
  if (libc.getsockopt(fd, IPPROTO_TCP, TCP_INFO, info.at, length.at) < 0) return undefined;
  if (length.bytes.readUInt32LE() < minRttAt + 4) return undefined;
  const us = info.bytes.readUInt32LE(minRttAt);
  return us === 0 || us === 0xffff_ffff ? undefined : us / 1000;
}

function fdOf(socket: Socket): number | undefined {
  const { _handle: handle } = socket as Socket & { readonly _handle?: { readonly fd?: number } | null };
  const fd = handle?.fd;
  return fd !== undefined && fd >= 0 ? fd : undefined;
}
