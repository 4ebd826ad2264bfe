/** One rsync as a child: names go in, what it says comes out line by line, and how it ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { constants } from 'node:os';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TransferError } from '../../../errors.ts';
import { show } from '../../../report/show.ts';
import type { Shell } from '../../../store/shell.ts';
import { onLeash } from '../../../work/common-leash.ts';
import { userUmask, withUmask } from '../../../work/umask.ts';
import type { End, RsyncSetup } from '../setup.ts';
import { environment } from './environment.ts';
import { linesOf } from './lines.ts';
import { joinFar, type Pace, rsh } from './link.ts';
import { fds } from './words.ts';

export type Task = {
  readonly setup: RsyncSetup;
  readonly words: readonly string[];
  /** names to go, NUL after each; undefined: all that the words name */
  readonly names: Uint8Array;
  readonly pace: Pace;
  /** much is expected to go over the line */
  readonly isHeavy: boolean;
  /** directories at the destination that are made first, where that is far away */
  readonly rooms: readonly string[];
  /** one line of what it says */
  readonly said: (line: string) => void;
};

export type Ended = {
  readonly code: number;
  /** what it and the one at the far end wrote on standard error */
  readonly complaints: readonly string[];
};

const killMs = 5000;
const mostComplaints = 5000;

/**
 * Rejects 'transient' where it was killed or the connection failed, 'unsupported' where it cannot be started, and with
 * the signal's reason.
 */
export async function runRsync(task: Task, signal: AbortSignal): Promise<Ended> {
  signal.throwIfAborted();
  using directories = new Directories(task.setup);
  const child = start(task, directories);
  const over = new AbortController();
  const ended = endOf(child).finally(() => over.abort('ended'));
  const stop = () => stopped(child, over.signal);
  signal.addEventListener('abort', stop, { once: true });
  const complaints: string[] = [];
  try {
    if (!child.stdout) await ended; // no pipe could be made, which it says
    const [far, code] = await Promise.all([
      linked(task, child, AbortSignal.any([signal, over.signal])).catch((error: unknown) =>
        failed(child, error),
      ),
      ended.catch((error: unknown) => error as TransferError),
      feed(child, task.names),
      each(child.stdout!, task.said),
      each(child.stderr!, (line) => void (complaints.length < mostComplaints && complaints.push(line))),
    ]);
    signal.throwIfAborted();
    if (far instanceof Error) throw far;
    if (code instanceof Error) throw code;
    return { code, complaints: [...complaints, ...far.split('\n')] };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function start({ setup, words }: Task, { source, dest }: Directories): ChildProcess {
  const isFar = farOf(setup) !== undefined;
  const between = isFar ? 'pipe' : 'ignore';
  const names = [placeOf(setup.from, fds.source), destOf(setup)];
  const all = [
    ...words,
    '--from0',
    '--files-from=-',
    ...(isFar ? ['--blocking-io', '-e', rsh] : []),
    ...names,
  ];
  const spawned = () =>
    withUmask(userUmask(), () =>
      spawn('rsync', all, {
        env: environment(setup.searchPath),
        stdio: ['pipe', 'pipe', 'pipe', between, between, source ?? 'ignore', dest ?? 'ignore', between],
      }),
    );
  return isFar ? spawned() : onLeash(spawned); // with a far end it ends with the connection, which is ours
}

/** A descriptor keeps to the directory, whatever bytes its name has, and whoever renames it. */
function placeOf({ kind }: End, fd: number): string {
  return kind === 'far' ? 'far:.' : `/proc/self/fd/${fd}/`;
}

/** A dry run makes no destination: one that is never there stands for it. */
function destOf({ to, dryRun, rootIsNew, room }: RsyncSetup): string {
  if (!dryRun || !rootIsNew) return placeOf(to, fds.dest);
  return `${to.kind === 'far' ? 'far:' : ''}/${room}/none/`;
}

function farOf({ from, to, dryRun, rootIsNew }: RsyncSetup): Shell | undefined {
  if (from.kind === 'far') return from.shell;
  if (to.kind === 'here') return undefined;
  return dryRun && rootIsNew ? { ...to.shell, root: Buffer.from('/') } : to.shell;
}

class Directories {
  readonly source: number | undefined;
  readonly dest: number | undefined;

  constructor({ from, to, dryRun, rootIsNew }: RsyncSetup) {
    this.source = open(from);
    this.dest = dryRun && rootIsNew ? undefined : open(to);
  }

  [Symbol.dispose](): void {
    for (const fd of [this.source, this.dest]) if (fd !== undefined) fs.closeSync(fd);
  }
}

function open(end: End): number | undefined {
  if (end.kind === 'far') return undefined;
  try {
    return fs.openSync(Buffer.from(end.dir), fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  } catch (cause) {
    throw new TransferError('missing', `cannot enter ${show(end.dir)}: it is gone`, { cause });
  }
}

async function linked(
  { setup, pace, isHeavy, rooms }: Task,
  child: ChildProcess,
  signal: AbortSignal,
): Promise<string> {
  const far = farOf(setup);
  if (!far) return '';
  const [there, told, back] = [fds.there, fds.told, fds.back].map(
    (fd) => (child.stdio as readonly unknown[])[fd] as Duplex,
  );
  const ends = { there: there!, told: told!, back: back! };
  for (const stream of Object.values(ends)) stream.on('error', () => undefined); // its exit code says how it ended
  try {
    const over = { pace, isHeavy, rooms: setup.to.kind === 'far' ? rooms : [] };
    return await joinFar(far, ends, over, signal);
  } finally {
    for (const stream of Object.values(ends)) stream.destroy();
  }
}

/** The connection's fault is what is said, and then its rsync has nobody to talk to. */
function failed(child: ChildProcess, error: unknown): Error | string {
  if (error === 'ended') return '';
  child.kill('SIGTERM');
  return error instanceof Error ? error : new TransferError('transient', String(error));
}

function stopped(child: ChildProcess, over: AbortSignal): void {
  child.kill('SIGTERM'); // it keeps what it has of a large file
  const late = setTimeout(() => child.kill('SIGKILL'), killMs);
  over.addEventListener('abort', () => clearTimeout(late), { once: true });
}

function endOf(child: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', (cause) =>
    reject(new TransferError('unsupported', 'cannot start rsync', { cause, hint: 'see difpipe doctor' })),
  );
  child.once('exit', (code, signal) => {
    if (code !== null) return resolve(code);
    const name = signal && constants.signals[signal] ? ` by ${signal}` : '';
    reject(new TransferError('transient', `rsync was ended${name}`));
  });
  return promise;
}

async function each(stream: AsyncIterable<Uint8Array>, said: (line: string) => void): Promise<void> {
  for await (const line of linesOf(stream)) said(line);
}

/** It may end before it has read all. */
async function feed({ stdin }: ChildProcess, names: Uint8Array): Promise<void> {
  await pipeline([names], stdin!).catch(() => undefined);
}
