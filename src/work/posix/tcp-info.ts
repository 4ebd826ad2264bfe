/** What the kernel knows of a connection: `struct tcp_info` of Linux. */
import type { Socket } from 'node:net';
import * as libc from './libc.ts';
import { block } from './memory.ts';

const IPPROTO_TCP = 6;
const TCP_INFO = 11;
const size = 192;
/** up to `tcpi_min_rtt`, since Linux 4.6 */
const leastBytes = 152;

/** Undefined for what is no connection of TCP, or where the kernel tells less than up to `tcpi_min_rtt`. */
export function tcpInfo(socket: Socket): Buffer | undefined {
  const fd = fdOf(socket);
  if (fd === undefined) return undefined;
  const info = block(size);
  const length = block(4);
  length.bytes.writeUInt32LE(size);
  if (libc.getsockopt(fd, IPPROTO_TCP, TCP_INFO, info.at, length.at) < 0) return undefined;
  return length.bytes.readUInt32LE() < leastBytes ? undefined : info.bytes;
}

function fdOf(socket: Socket): number | undefined {
  const { _handle: handle } = socket as Socket & { readonly _handle?: { readonly fd?: number } | null };
  const fd = handle?.fd;
  return fd !== undefined && fd >= 0 ? fd : undefined;
}
