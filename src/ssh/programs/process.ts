/**
 * A program at the far end, on a channel of its own. Its streams fail when the connection does: what ends well was
 * whole. (The library ends them in silence.)
 *
 * A program that is not wanted any more gets SIGTERM where sshd hands that on (not to root), and its pipes are closed:
 * what neither reads nor writes may live on there.
 */
import { pipeline, Writable } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { TransferError } from '../../errors.ts';
import { orAborted } from '../../work/abort.ts';
import type { FarEnd, FarProcess } from '../../work/far-process.ts';
import type { Opening } from './opening.ts';
import { gather } from './tail.ts';

type Around = {
  /** user@host */
  readonly name: string;
  readonly opening: Opening;
  /** aborted when the connection is gone, or nobody wants the program any more */
  readonly over: AbortSignal;
};

export function farProcess(channel: ClientChannel, { name, opening, over }: Around): FarProcess {
  const stdout = opening.stream;
  const stdin = inputOf(channel, name);
  const errors = gather(channel.stderr);
  const ended = orAborted(endOf(channel, errors.over), over);
  ended.catch(() => undefined); // who does not wait for it reads or writes, and is told there
  for (const stream of [stdin, stdout]) stream.on('error', () => undefined); // or waits for the end
  pipeline(channel, stdout, () => undefined);
  const closed = once(channel, 'close');
  const stop = (reason: Error | undefined) => {
    channel.signal('TERM'); // first: the library sends none when a stream was ended
    stdin.destroy(reason);
    stdout.destroy(reason);
    hangUp(channel);
  };
  const abort = () => stop(over.reason as Error);
  over.addEventListener('abort', abort, { once: true });
  void closed.then(() => over.removeEventListener('abort', abort));
  if (over.aborted) abort();
  return {
    stdin,
    stdout,
    complaint: errors.text,
    ended,
    [Symbol.asyncDispose]: async () => {
      stop(undefined);
      await orAborted(closed, AbortSignal.any([over, AbortSignal.timeout(patienceMs)])).catch(
        () => undefined,
      );
    },
  };
}

const patienceMs = 2_000; // for a host to say that it closed a channel

/** Kept when the host has closed the channel and all that came was taken. */
function once(channel: ClientChannel, event: 'close'): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  channel.once(event, () => resolve());
  return promise;
}

/** The library never answers a write to a channel that the host has closed: here it fails. */
function inputOf(channel: ClientChannel, name: string): Writable {
  const stdin = new Writable({
    write: (chunk, _encoding, done) => void channel.write(chunk, done),
    final: (done) => void channel.end(done),
  });
  const broken = () => {
    const why = new TransferError('io', `a program on ${name} ended before it had read all of its input`);
    if (!stdin.writableFinished) stdin.destroy(why);
  };
  channel.once('exit', broken);
  channel.once('close', broken);
  return stdin;
}

async function endOf(channel: ClientChannel, errorsRead: Promise<void>): Promise<FarEnd> {
  const { promise, resolve } = Promise.withResolvers<FarEnd>();
  channel.once('exit', (code: number | null, signal?: string) =>
    resolve({ code: code ?? undefined, signal }),
  );
  // where all of a short life came at once, before anybody listened
  channel.once('close', (code?: number | null, signal?: string) =>
    resolve({ code: code ?? undefined, signal }),
  );
  const end = await promise;
  await errorsRead;
  return end;
}

/** What still comes must be taken, or the library never says that the channel is closed. */
function hangUp(channel: ClientChannel): void {
  channel.unpipe();
  channel.resume();
  channel.close();
}
