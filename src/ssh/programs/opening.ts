/** The first bytes of what a far program writes: where login files print something, it comes before them. */
import { Transform } from 'node:stream';
import { TransferError } from '../../errors.ts';
import { printable } from '../../report/show.ts';

const mostNoiseBytes = 64 * 1024;

export type Opening = {
  readonly stream: Transform;
  /** kept when the program itself has begun to write */
  readonly begun: Promise<void>;
};

/**
 * Drops all up to a line that is the marker; an end, or too much, before it is an error on the stream, and so is what
 * `told` answers, which hears whether there was a `+` behind it.
 */
export function afterMarker(
  marker: string,
  name: string,
  told: (isWhole: boolean) => TransferError | undefined = () => undefined,
): Opening {
  const lines = [`${marker}\n`, `${marker}+\n`].map((text) => Buffer.from(text));
  const fail = (noise: Buffer) => noShell(name, noise);
  return opening(fail, (seen) => {
    for (const line of lines) {
      const at = seen.indexOf(line);
      if (at !== -1) return told(line === lines[1]) ?? seen.subarray(at + line.length);
    }
    return seen.length > mostNoiseBytes ? fail(seen) : undefined;
  });
}

const mostVersionBytes = 256 * 1024; // as much as OpenSSH takes for a packet
const versionType = 2;

/** Lets all pass, if it begins as an answer to SFTP's first packet does. */
export function asSftp(name: string): Opening {
  const fail = (noise: Buffer) => noisy(name, noise);
  return opening(fail, (seen) => {
    if (seen.length < 5) return undefined;
    return seen.readUInt32BE(0) > mostVersionBytes || seen[4] !== versionType ? fail(seen) : seen;
  });
}

type Look = (seen: Buffer) => Buffer | TransferError | undefined;

function opening(fail: (seen: Buffer) => TransferError, look: Look): Opening {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => undefined); // who does not wait for it reads the stream
  let seen: Buffer | undefined = Buffer.alloc(0);
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (!seen) return done(null, chunk);
      seen = Buffer.concat([seen, chunk]);
      const found = look(seen);
      if (found === undefined) return done();
      if (found instanceof TransferError) return done(found);
      seen = undefined;
      resolve();
      done(null, found);
    },
    flush(done) {
      done(seen && fail(seen));
    },
  });
  stream.on('error', reject);
  return { stream, begun: promise };
}

function noShell(name: string, noise: Buffer): TransferError {
  return new TransferError('unsupported', `${name} does not run commands of a shell${said(noise)}`, {
    hint: 'its login shell must be able to run sh; over SFTP alone it may still do',
  });
}

function noisy(name: string, noise: Buffer): TransferError {
  if (noise.length === 0) {
    const hint = 'see Subsystem sftp in its sshd_config';
    return new TransferError('unsupported', `${name} starts no SFTP server`, { hint });
  }
  return new TransferError('unsupported', `${name} does not begin with SFTP${said(noise)}`, {
    hint: 'if that is from .bashrc or another login file there, it must print nothing where there is no terminal',
  });
}

function said(noise: Buffer): string {
  const text = noise.subarray(0, 200).toString('utf8').trim().replace(/\s+/g, ' ');
  return text === '' ? '' : `: it says '${printable(text)}'`;
}
