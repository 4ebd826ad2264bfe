/** The requests of SFTP version 3 as functions. Paths and names are bytes. Each throws Refusal as status.ts says. */
import { type Attributes, encodeAttributes, readAttributes } from './attributes.ts';
import type { Client } from './client.ts';
import type { Field } from './encode.ts';
import { packet, status } from './numbers.ts';
import type { Decode } from './pending.ts';
import { corrupt, type Reader } from './reader.ts';
import { mustBeOk, notGiven, Refusal } from './status.ts';

/** A file or a directory that the server holds open. */
export type Handle = Uint8Array;

export type Named = { readonly name: Buffer; readonly attributes: Attributes };

const longestHandle = 256;
const slash = 0x2f;

/** Opens a file; one that comes after an abort is closed again. */
export function open(
  client: Client,
  path: Uint8Array,
  { flags, mode }: { readonly flags: number; readonly mode?: number },
  signal: AbortSignal,
): Promise<Handle> {
  const fields = [path, flags, encodeAttributes({ mode })];
  return client.ask(packet.OPEN, fields, decodeHandle, signal, closing(client));
}

export function openDirectory(client: Client, path: Uint8Array, signal: AbortSignal): Promise<Handle> {
  return client.ask(packet.OPENDIR, [path], decodeHandle, signal, closing(client));
}

export function close(client: Client, handle: Handle, signal: AbortSignal): Promise<void> {
  return done(client, packet.CLOSE, [handle], signal);
}

/** At least one byte, at most `length`; undefined at the end of the file. */
export function read(
  client: Client,
  handle: Handle,
  { offset, length }: { readonly offset: number; readonly length: number },
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const decode: Decode<Buffer | undefined> = (type, reader) => {
    if (type === packet.STATUS) return atEnd(reader);
    if (type !== packet.DATA) throw corrupt('another answer than data');
    const data = reader.bytes();
    if (data.length === 0 || data.length > length) throw corrupt(`${data.length} bytes for ${length}`);
    return data;
  };
  return client.ask(packet.READ, [handle, BigInt(offset), length], decode, signal);
}

export function write(
  client: Client,
  handle: Handle,
  { offset, data }: { readonly offset: number; readonly data: Uint8Array },
  signal: AbortSignal,
): Promise<void> {
  return done(client, packet.WRITE, [handle, BigInt(offset), data], signal);
}

/** What a directory holds, some of it; undefined when it was all. */
export function readDirectory(
  client: Client,
  handle: Handle,
  signal: AbortSignal,
): Promise<Named[] | undefined> {
  const decode: Decode<Named[] | undefined> = (type, reader) =>
    type === packet.STATUS ? atEnd(reader) : decodeNames(type, reader);
  return client.ask(packet.READDIR, [handle], decode, signal);
}

/** Of the entry itself; undefined if there is none. */
export function lookAt(
  client: Client,
  path: Uint8Array,
  signal: AbortSignal,
): Promise<Attributes | undefined> {
  return client.ask(packet.LSTAT, [path], ifThere, signal);
}

/** Of what a symlink leads to; undefined if there is nothing. */
export function follow(
  client: Client,
  path: Uint8Array,
  signal: AbortSignal,
): Promise<Attributes | undefined> {
  return client.ask(packet.STAT, [path], ifThere, signal);
}

export function lookAtOpen(client: Client, handle: Handle, signal: AbortSignal): Promise<Attributes> {
  return client.ask(packet.FSTAT, [handle], decodeAttributes, signal);
}

/** Follows symlinks. */
export function setAttributes(
  client: Client,
  path: Uint8Array,
  attributes: Partial<Attributes>,
  signal: AbortSignal,
): Promise<void> {
  return done(client, packet.SETSTAT, [path, encodeAttributes(attributes)], signal);
}

export function setOpen(
  client: Client,
  handle: Handle,
  attributes: Partial<Attributes>,
  signal: AbortSignal,
): Promise<void> {
  return done(client, packet.FSETSTAT, [handle, encodeAttributes(attributes)], signal);
}

export function makeDirectory(
  client: Client,
  path: Uint8Array,
  mode: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  return done(client, packet.MKDIR, [path, encodeAttributes({ mode })], signal);
}

export function removeDirectory(client: Client, path: Uint8Array, signal: AbortSignal): Promise<void> {
  return done(client, packet.RMDIR, [path], signal);
}

/** What is not a directory. */
export function removeFile(client: Client, path: Uint8Array, signal: AbortSignal): Promise<void> {
  return done(client, packet.REMOVE, [path], signal);
}

/** The draft says that a name that is taken is an error. Not every server heeds it. */
export function rename(client: Client, from: Uint8Array, to: Uint8Array, signal: AbortSignal): Promise<void> {
  return done(client, packet.RENAME, [from, to], signal);
}

/** The target goes first: OpenSSH has it so, against the draft, and all others follow it. */
export function makeSymlink(
  client: Client,
  path: Uint8Array,
  target: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  return done(client, packet.SYMLINK, [target, path], signal);
}

export function readLink(client: Client, path: Uint8Array, signal: AbortSignal): Promise<Buffer> {
  return client.ask(packet.READLINK, [path], decodeName, signal);
}

/** Absolute, without symlinks; of the empty path, where relative ones begin. */
export function realPath(client: Client, path: Uint8Array, signal: AbortSignal): Promise<Buffer> {
  return client.ask(packet.REALPATH, [path], decodePath, signal);
}

/** One that answers nothing but a status. */
export function done(
  client: Client,
  type: number,
  fields: readonly Field[],
  signal: AbortSignal,
): Promise<void> {
  return client.ask(type, fields, decodeDone, signal);
}

function decodeName(type: number, reader: Reader): Buffer {
  if (type === packet.STATUS) return notGiven(reader);
  if (type !== packet.NAME || reader.number() !== 1) throw corrupt('another answer than one name');
  const name = reader.bytes();
  if (name.length === 0 || name.includes(0)) throw corrupt('a name that is none');
  return name;
}

/** The same of a whole path. */
export function decodePath(type: number, reader: Reader): Buffer {
  const path = decodeName(type, reader);
  if (path[0] !== slash) throw corrupt('a path that does not begin at the top');
  return path;
}

function closing(client: Client): (handle: Handle) => void {
  const { signal } = new AbortController();
  return (handle) => void close(client, handle, signal).catch(() => undefined); // nobody is left to tell
}

function decodeDone(type: number, reader: Reader): void {
  if (type !== packet.STATUS) throw corrupt('another answer than a status');
  mustBeOk(reader);
}

function decodeHandle(type: number, reader: Reader): Handle {
  if (type === packet.STATUS) return notGiven(reader);
  if (type !== packet.HANDLE) throw corrupt('another answer than a handle');
  const handle = reader.bytes();
  if (handle.length > longestHandle) throw corrupt(`a handle of ${handle.length} bytes`);
  return Buffer.from(handle);
}

function decodeNames(type: number, reader: Reader): Named[] {
  if (type !== packet.NAME) throw corrupt('another answer than names');
  const count = reader.number();
  const names: Named[] = [];
  for (let i = 0; i < count; i++) {
    const name = reader.bytes();
    reader.bytes(); // the same for people
    names.push({ name, attributes: readAttributes(reader) });
  }
  return names;
}

function ifThere(type: number, reader: Reader): Attributes | undefined {
  if (type !== packet.STATUS) return decodeAttributes(type, reader);
  return unless(status.NO_SUCH_FILE, reader);
}

function decodeAttributes(type: number, reader: Reader): Attributes {
  if (type === packet.STATUS) return notGiven(reader);
  if (type !== packet.ATTRS) throw corrupt('another answer than attributes');
  return readAttributes(reader);
}

function atEnd(reader: Reader): undefined {
  return unless(status.EOF, reader);
}

function unless(code: number, reader: Reader): undefined {
  try {
    return notGiven(reader);
  } catch (error) {
    if (error instanceof Refusal && error.code === code) return undefined;
    throw error;
  }
}
