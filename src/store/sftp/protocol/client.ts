/**
 * Speaks SFTP over a wire: sends requests, gives each its answer. A peer that does not keep to the protocol is
 * 'corrupt' and is not spoken to again; one that goes away is 'transient', for all who wait.
 */
import { pipeline } from 'node:stream/promises';
import { TransferError } from '../../../errors.ts';
import { printable } from '../../../report/show.ts';
import { chunkSink } from '../../../work/chunk-sink.ts';
import { encode, type Field } from './encode.ts';
import { Framer } from './framer.ts';
import { greeting } from './greeting.ts';
import { packet, version } from './numbers.ts';
import { createOutbox } from './outbox.ts';
import { createPending, type Decode, type Pending } from './pending.ts';
import { corrupt, Reader } from './reader.ts';
import type { OpenWire, Wire } from './wire.ts';

export type Client = AsyncDisposable & {
  /** what the server offers beside version 3, by name, with the version of each */
  readonly offers: ReadonlyMap<string, string>;
  /** OpenSSH lets us in, on a Unix */
  readonly isOpenSsh: boolean;
  /** Sends it and decodes the answer. One that comes after an abort is given to `late`. */
  readonly ask: <T>(
    type: number,
    fields: readonly Field[],
    decode: Decode<T>,
    signal: AbortSignal,
    late?: (answer: T) => void,
  ) => Promise<T>;
  /** how many requests wait for their answers */
  readonly waiting: () => number;
  readonly isBroken: () => boolean;
};

const greetingId = -1; // it has none
const greetMs = 60_000; // login files may take their time

/** `name` is the server's, for messages. Throws 'corrupt' where no SFTP is spoken, 'unsupported' for another version. */
export async function connect(open: OpenWire, name: string, signal: AbortSignal): Promise<Client> {
  const wire = await open(signal);
  try {
    return await greet(wire, name, signal);
  } catch (error) {
    await wire[Symbol.asyncDispose]();
    throw error;
  }
}

async function greet(wire: Wire, name: string, signal: AbortSignal): Promise<Client> {
  const pending = createPending();
  const send = createOutbox(wire.stdin);
  let broken: TransferError | undefined;
  const fail = (error: TransferError) => {
    broken ??= error;
    pending.failAll(broken);
  };
  wire.stdin.on('error', () => undefined); // it closes then
  const hello = pending.add(greetingId, decodeVersion, ignore, signal);
  const isGreeted = () => !pending.has(greetingId);
  const leave = () => void (wire.stdin.closed && isGreeted() && wire.stdout.destroy()); // reading ends then, and says why
  wire.stdin.on('close', leave); // who closes it before a greeting says on its output what it is instead
  const received = receive(wire, pending, name).then(fail);
  if (!wire.said) send(greeting);
  const late = setTimeout(() => fail(tooLate(name)), greetMs);
  const offers = await hello.finally(() => clearTimeout(late));
  leave();

  let last = 0;
  const nextId = () => {
    do last = (last + 1) >>> 0;
    while (pending.has(last));
    return last;
  };
  return {
    offers,
    isOpenSsh: wire.isOpenSsh ?? false,
    waiting: pending.count,
    isBroken: () => broken !== undefined,
    async ask(type, fields, decode, on, late = ignore) {
      on.throwIfAborted();
      if (broken) throw broken;
      const id = nextId();
      const answer = pending.add(id, decode, late, on);
      send(encode(type, [id, ...fields]));
      return answer;
    },
    async [Symbol.asyncDispose]() {
      fail(brokenOff(name, 'it was closed'));
      wire.stdin.end();
      await wire[Symbol.asyncDispose]();
      wire.stdout.destroy();
      await received;
    },
  };
}

/** Until there is nothing more, or nothing more to believe; answers why. */
async function receive(wire: Wire, pending: Pending, name: string): Promise<TransferError> {
  const framer = new Framer();
  const takeAll = (chunk: Buffer) => {
    for (const one of framer.take(chunk)) take(one, pending);
    return undefined;
  };
  const isGreeted = () => !pending.has(greetingId);
  try {
    await pipeline(wire.stdout, chunkSink(takeAll));
    return isGreeted() ? brokenOff(name, wire.complaint()) : await neverSpoke(wire, name);
  } catch (error) {
    wire.stdin.destroy();
    if (!(error instanceof TransferError)) return brokenOff(name, wire.complaint(), error);
    return isGreeted() ? error : noise(name, error);
  }
}

function take(bytes: Buffer, pending: Pending): void {
  const reader = new Reader(bytes);
  const type = reader.byte();
  const id = type === packet.VERSION ? greetingId : reader.number();
  pending.settle(id, type, reader);
}

function decodeVersion(type: number, reader: Reader): ReadonlyMap<string, string> {
  if (type !== packet.VERSION) throw corrupt('another answer than its version');
  const spoken = reader.number();
  if (spoken !== version)
    throw new TransferError('unsupported', `the server speaks version ${spoken} of SFTP, not ${version}`);
  const offers = new Map<string, string>();
  while (!reader.isAtEnd) offers.set(reader.bytes().toString('latin1'), reader.bytes().toString('latin1'));
  return offers;
}

function tooLate(name: string): TransferError {
  return new TransferError('io', `${name} does not answer by SFTP within ${greetMs / 1000} s`, {
    hint: 'see whether a start file there, such as .bashrc, waits for something',
  });
}

async function neverSpoke(wire: Wire, name: string): Promise<TransferError> {
  const { code } = await wire.ended;
  if (code === undefined) return brokenOff(name, wire.complaint());
  return new TransferError('unsupported', `${name} has no SFTP${said(wire.complaint())}`, {
    hint: 'the server must allow the sftp subsystem',
  });
}

function noise(name: string, cause: TransferError): TransferError {
  if (cause.kind !== 'corrupt') return cause;
  return new TransferError('corrupt', `${name} says something else than SFTP`, {
    hint: 'a start file there, such as .bashrc, may print something: let it print only in a terminal',
    cause,
  });
}

function brokenOff(name: string, complaint: string, cause?: unknown): TransferError {
  return new TransferError('transient', `the connection to ${name} broke off${said(complaint)}`, { cause });
}

function said(complaint: string): string {
  const line = complaint.trim().split('\n').at(-1) ?? '';
  return line === '' ? '' : `: ${printable(line)}`;
}

function ignore(): void {
  return undefined;
}
