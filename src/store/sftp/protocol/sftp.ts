/** A connection with what its server can do beside version 3: what it does not offer is absent. */
import { heardLater } from '../../../work/heard-later.ts';
import { createTurns, type Turns } from '../../../work/turns.ts';
import type { Us } from '../give.ts';
import { type Attributes, encodeAttributes } from './attributes.ts';
import { type Client, connect } from './client.ts';
import type { Field } from './encode.ts';
import { packet } from './numbers.ts';
import { corrupt, type Reader } from './reader.ts';
import { decodePath, done, type Handle, rename } from './requests.ts';
import { isRefusal, notGiven } from './status.ts';
import type { OpenWire } from './wire.ts';

export type Sftp = {
  readonly client: Client;
  /** kept when the server has said what follows; who only looks needs not wait */
  readonly limited: Promise<void>;
  /** and what it says */
  readonly told: Promise<Told>;
  /** the longest of each that the server takes at once */
  readonly readBytes: number;
  readonly writeBytes: number;
  /** One for each file that is open: a server holds only so many. Who writes may wait for who reads, not so back. */
  readonly turns: { readonly read: Turns; readonly write: Turns };
  /** it bears files that are open and not used for a while */
  readonly leavesOpen: boolean;
  readonly us: Us;
  /** replaces what has the name */
  readonly rename?: (from: Uint8Array, to: Uint8Array, signal: AbortSignal) => Promise<void>;
  /** Gives a file another name where that is free, in one step: of who has it before us nothing is lost. */
  readonly renameFree?: (from: Uint8Array, to: Uint8Array, signal: AbortSignal) => Promise<void>;
  readonly link?: (existing: Uint8Array, path: Uint8Array, signal: AbortSignal) => Promise<void>;
  readonly fsync?: (handle: Handle, signal: AbortSignal) => Promise<void>;
  /** of what the path is, also where that is a symlink */
  readonly dress?: (path: Uint8Array, attributes: Partial<Attributes>, signal: AbortSignal) => Promise<void>;
  readonly room?: (path: Uint8Array, signal: AbortSignal) => Promise<Room>;
  /** what `~` or `~user` at its beginning stands for */
  readonly expand?: (path: Uint8Array, signal: AbortSignal) => Promise<Buffer>;
};

/** What is left on a file system, for an ordinary user. */
export type Room = {
  readonly bytes: number;
  /** names that can still be made; Infinity where none are counted */
  readonly files: number;
  readonly isReadOnly: boolean;
};

const KiB = 1024;
const always = 32 * KiB; // what every server must take
const most = 255 * KiB;
const many = 8; // at once
const mostOpen = 64; // of each; directories have the rest

/** `like`: one of the same server that is open already, which need not be asked again what its limits are. */
export async function openSftp(
  open: OpenWire,
  name: string,
  like: Sftp | undefined,
  signal: AbortSignal,
): Promise<Sftp> {
  const client = await connect(open, name, signal);
  const ask = () => askLimits(client, signal);
  const told = heardLater(like && isAlike(like.client, client) ? like.told.catch(ask) : ask());
  const limited = heardLater(told.then((limits) => void Object.assign(sftp, limitsOf(limits))));
  const sftp: Sftp = { client, told, limited, us: {}, ...limitsOf(unlimited), ...offered(client) };
  return sftp;
}

function isAlike(a: Client, b: Client): boolean {
  return [...a.offers].join() === [...b.offers].join();
}

type Limits = Pick<Sftp, 'readBytes' | 'writeBytes' | 'turns' | 'leavesOpen'>;
type Members = Omit<Sftp, keyof Limits | 'client' | 'limited' | 'told' | 'us'>;

const members: Readonly<Record<string, (client: Client, id: Uint8Array) => Members>> = {
  'posix-rename@openssh.com': (client, id) => ({
    rename: (from, to, on) => extended(client, [id, from, to], on),
  }),
  'hardlink@openssh.com': (client, id) => ({ link: (from, to, on) => extended(client, [id, from, to], on) }),
  'fsync@openssh.com': (client, id) => ({ fsync: (handle, on) => extended(client, [id, handle], on) }),
  'lsetstat@openssh.com': (client, id) => ({
    dress: (path, given, on) => extended(client, [id, path, encodeAttributes(given)], on),
  }),
  'statvfs@openssh.com': (client, id) => ({
    room: (path, on) => client.ask(packet.EXTENDED, [id, path], decodeRoom, on),
  }),
  'expand-path@openssh.com': (client, id) => ({
    expand: (path, on) => client.ask(packet.EXTENDED, [id, path], decodePath, on),
  }),
};

function offered(client: Client): Members {
  const names = Object.keys(members).filter((name) => client.offers.has(name));
  return Object.assign(renaming(client), ...names.map((name) => members[name]!(client, Buffer.from(name))));
}

/** What OpenSSH's own server offers, which may not be the one that an sshd starts. */
const ofOpenSsh = ['hardlink', 'lsetstat', 'expand-path'].map((name) => `${name}@openssh.com`);

/** OpenSSH renames a file by a link and the removal of the old name; where there are no links, as we would. */
function renaming(client: Client): Members {
  const isIts = client.isOpenSsh && ofOpenSsh.every((name) => client.offers.has(name));
  return isIts ? { renameFree: (from, to, on) => rename(client, from, to, on) } : {};
}

function extended(client: Client, fields: readonly Field[], signal: AbortSignal): Promise<void> {
  return done(client, packet.EXTENDED, fields, signal);
}

type Told = ReturnType<typeof decodeLimits>;

const unlimited: Told = { readBytes: 0, writeBytes: 0, handles: 0 };

function limitsOf({ readBytes, writeBytes, handles }: Told): Limits {
  const some = handles === 0 ? mostOpen : Math.max(1, Math.min(mostOpen, Math.floor(handles / 4)));
  const turns = { read: createTurns(some), write: createTurns(some) };
  const leavesOpen = some >= many;
  return { readBytes: within(readBytes), writeBytes: within(writeBytes), turns, leavesOpen };
}

async function askLimits(client: Client, signal: AbortSignal): Promise<Told> {
  const name = 'limits@openssh.com';
  if (!client.offers.has(name)) return unlimited;
  try {
    return await client.ask(packet.EXTENDED, [Buffer.from(name)], decodeLimits, signal);
  } catch (error) {
    if (isRefusal(error)) return unlimited;
    throw error;
  }
}

/** A server may say 0 where it has no limit of its own; how much is held at once is ours to say. */
function within(bytes: number): number {
  return bytes === 0 ? always : Math.min(bytes, most);
}

function decodeLimits(type: number, reader: Reader) {
  mustReply(type, reader);
  reader.long(); // of a packet
  const bytes = () => Number(reader.long());
  return { readBytes: bytes(), writeBytes: bytes(), handles: bytes() };
}

function decodeRoom(type: number, reader: Reader): Room {
  mustReply(type, reader);
  reader.long(); // the size of a block for reading
  const [blockBytes, , , blocks, files, , freeFiles] = Array.from({ length: 7 }, () => Number(reader.long()));
  reader.long(); // the id of the file system
  const flags = reader.long();
  return {
    bytes: blockBytes! * blocks!,
    files: files === 0 ? Number.POSITIVE_INFINITY : freeFiles!,
    isReadOnly: (flags & 1n) === 1n,
  };
}

function mustReply(type: number, reader: Reader): void {
  if (type === packet.STATUS) notGiven(reader);
  if (type !== packet.EXTENDED_REPLY) throw corrupt('another answer than was asked for');
}
