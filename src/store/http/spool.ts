/**
 * Files that come without a length: only their end says how long they are. So the whole of one is kept aside, in a file
 * without a name, before anything is said of it; from then on it is what was kept.
 */
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TransferError } from '../../errors.ts';
import { show } from '../../report/show.ts';
import type { Body, Range } from '../body.ts';
import { breakage, trouble } from './fault.ts';
import { type Answer, drop } from './wire.ts';

export type Kept = {
  readonly size: number;
  /** the same for the same bytes */
  readonly print: string;
  readonly modified: string | undefined;
  readonly body: Body;
};

// numbers, not handles: Node ends a program that forgets one of those before it ends itself
const [open, close, unlink] = [promisify(fs.open), promisify(fs.close), promisify(fs.unlink)];
const [read, write] = [promisify(fs.read), promisify(fs.write)];

/** By address; of one run, however many of its places are opened. It ends with the process. */
export type Spool = Map<string, Kept>;

/** Throws 'transient' where the server does not come to an end, 'full' where there is no room here. */
export async function keep(spool: Spool, url: URL, answer: Answer, what: string): Promise<Kept> {
  if (!/\bchunked\b/i.test(answer.headers['transfer-encoding'] ?? '')) {
    drop(answer);
    throw trouble('read', what, 'unsupported', 'the server says neither how long it is nor where it ends');
  }
  const file = await nameless(what).catch((error: unknown) => {
    drop(answer);
    throw error;
  });
  try {
    const { size, print } = await fill(file, answer);
    const modified = answer.headers['last-modified'];
    const kept = { size, print, modified, body: { size, open: (range: Range) => bytes(file, range) } };
    spool.set(url.href, kept);
    return kept;
  } catch (error) {
    answer.message.destroy();
    await close(file);
    throw isFull(error) ? full(what, error) : breakage(error, what, 'read');
  }
}

async function nameless(what: string): Promise<number> {
  const path = join(tmpdir(), `difpipe-${randomBytes(12).toString('hex')}`);
  try {
    const file = await open(path, 'wx+', 0o600);
    await unlink(path);
    return file;
  } catch (cause) {
    if (isFull(cause)) throw full(what, cause);
    const { code } = cause as NodeJS.ErrnoException;
    throw trouble(
      'read',
      what,
      'io',
      `it cannot be kept in ${show(Buffer.from(tmpdir()))} until it ends (${code})`,
    );
  }
}

async function fill(file: number, { message }: Answer) {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    hash.update(chunk);
    for (let at = 0; at < chunk.length; )
      at += (await write(file, chunk, at, chunk.length - at, size + at)).bytesWritten;
    size += chunk.length;
  }
  return { size, print: `sha256 ${hash.digest('hex')}` };
}

const step = 256 * 1024;

async function* bytes(file: number, { offset, length }: Range): AsyncGenerator<Uint8Array> {
  for (let at = offset; at < offset + length; ) {
    const wanted = Math.min(step, offset + length - at);
    const { buffer, bytesRead } = await read(file, Buffer.allocUnsafeSlow(wanted), 0, wanted, at);
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function full(what: string, cause: unknown): TransferError {
  const where = show(Buffer.from(tmpdir()));
  return new TransferError(
    'full',
    `cannot read ${what}: no space left in ${where} to keep it until it ends`,
    {
      cause,
      hint: 'make room there, or name another directory in TMPDIR',
    },
  );
}
