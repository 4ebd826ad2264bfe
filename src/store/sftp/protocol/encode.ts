/** Requests as bytes. A number is a uint32, a bigint a uint64, bytes a string with its length before it. */

import { takeChunk } from '../../../work/chunk-memory.ts';

/** Bytes that are in the packet as they are. */
export type Raw = { readonly raw: Uint8Array };

export type Field = number | bigint | Uint8Array | Raw;

/** A packet with its length; who sends it gives its memory back. */
export function encode(type: number, fields: readonly Field[]): Buffer {
  const bytes = 5 + lengthOf(fields);
  const packet = takeChunk(bytes);
  packet.writeUInt32BE(bytes - 4, 0);
  packet[4] = type;
  put(packet, 5, fields);
  return packet;
}

/** Fields alone, for one that holds others. */
export function raw(...fields: readonly Field[]): Raw {
  const bytes = Buffer.allocUnsafe(lengthOf(fields));
  put(bytes, 0, fields);
  return { raw: bytes };
}

function lengthOf(fields: readonly Field[]): number {
  return fields.reduce<number>((sum, field) => sum + fieldBytes(field), 0);
}

function fieldBytes(field: Field): number {
  if (typeof field === 'number') return 4;
  if (typeof field === 'bigint') return 8;
  return 'raw' in field ? field.raw.length : 4 + field.length;
}

function put(packet: Buffer, start: number, fields: readonly Field[]): void {
  let at = start;
  for (const field of fields) at = putField(packet, at, field);
}

/** Answers where the next one goes. */
function putField(packet: Buffer, at: number, field: Field): number {
  if (typeof field === 'number') return packet.writeUInt32BE(field, at);
  if (typeof field === 'bigint') return packet.writeBigUInt64BE(field, at);
  const bytes = 'raw' in field ? field.raw : field;
  const start = 'raw' in field ? at : packet.writeUInt32BE(bytes.length, at);
  packet.set(bytes, start);
  return start + bytes.length;
}
