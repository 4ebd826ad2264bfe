/**
 * TCP begins with a dozen packets in a round trip and twice as many in the next one, so a long line is slow for half a
 * dozen round trips, however fast it is. A connection that waits for answers meanwhile is filled with packets that SSH has
 * everybody ignore. They end as soon as the line shows that it cannot take more at once, where they would be in the way.
 */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { type Sent, sentOn } from '../../work/posix/sent.ts';
import { isOpenSsh } from './sessions.ts';

/** What the library has of a client, as far as it is used here. */
type Inside = {
  readonly _protocol: {
    readonly _kexinit: Buffer | undefined;
    readonly _packetRW: {
      readonly write: {
        /** where the payload begins */
        readonly allocStart: number;
        readonly alloc: (payloadBytes: number) => Buffer;
        readonly finalize: (packet: Buffer) => Buffer;
      };
    };
    readonly _cipher: { readonly encrypt: (packet: Buffer) => void };
  };
};

export type Warming = {
  readonly client: Client;
  readonly stream: Duplex;
  readonly mostBytes: number;
};

const tickMs = 10;
const mostMs = 2000; // by then what it is for has begun
const enoughBytes = 1024 * 1024; // under way on one of several
const passingMs = 10; // by so much answers differ in any case
const pieceBytes = 16 * 1024;

/** To be called when keys were agreed on. Only an OpenSSH server is known to bear it from who is not let in yet. */
export function warmLine({ client, stream, mostBytes }: Warming, gone: AbortSignal): void {
  if (!isOpenSsh(client)) return;
  const untilMs = performance.now() + mostMs;
  let leftBytes = mostBytes;
  const fill = () => {
    const isOver = gone.aborted || performance.now() > untilMs;
    const sent = isOver ? undefined : sentOn(stream as Socket);
    if (!sent || leftBytes <= 0 || isWarm(sent)) return clearInterval(filling);
    if (sent.notSentBytes > 0) return; // something else goes, or is left of this
    const room = Math.min(leftBytes, sent.windowBytes - sent.underWayBytes);
    for (let at = 0; at < room; at += pieceBytes) ignored(client, Math.min(room - at, pieceBytes));
    leftBytes -= Math.max(0, room);
  };
  const filling = setInterval(fill, tickMs);
  fill();
}

/** Whether more would be of no use: it is as fast as it is to be, or as the line lets it. */
export function isWarm({ windowBytes, hasLost, waitsMs, roundTripMs }: Sent): boolean {
  return hasLost || windowBytes >= enoughBytes || waitsMs > passingMs + roundTripMs / 4;
}

const ignoredType = 2;
const headBytes = 1 + 4;

function ignored(client: Client, bytes: number): void {
  const { _kexinit: offered, _packetRW, _cipher: cipher } = (client as unknown as Inside)._protocol;
  if (offered) return; // keys are agreed on anew: nothing else may go
  const { allocStart: start, alloc, finalize } = _packetRW.write;
  const packet = alloc.call(_packetRW.write, headBytes + bytes);
  packet[start] = ignoredType;
  packet.writeUInt32BE(bytes, start + 1);
  packet.fill(0, start + headBytes, start + headBytes + bytes);
  cipher.encrypt(finalize.call(_packetRW.write, packet));
}
