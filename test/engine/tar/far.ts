/** The other side, on this machine: a sh with the tar that is asked for, and without the tools that it has not. */

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type FarTools, probe, readProbe } from '../../../src/engine/tar/host/probe.ts';
import { type ReceiveHow, receive } from '../../../src/engine/tar/host/receive.ts';
import type { Script } from '../../../src/engine/tar/host/script.ts';
import { keepAll } from '../../../src/request.ts';
import type { RunFar } from '../../../src/work/far-process.ts';
import { type Ended, ended } from '../run.ts';

export const flavours = { GNU: 'tar', BSD: 'bsdtar', busybox: 'busybox' } as const;
export type Flavour = keyof typeof flavours;

export type Far = { readonly tools: FarTools; readonly path: string; readonly user: number | undefined };

/** Finds out what the other side has, as a caller would. */
export async function far(scratch: string, flavour: Flavour, user?: number): Promise<Far> {
  const path = pathOf(scratch, flavour);
  const { stdout } = await runFar({ path, user }, probe(), '');
  return { path, user, tools: readProbe(stdout) };
}

function pathOf(scratch: string, flavour: Flavour): string {
  const path = process.env.PATH!;
  if (flavour === 'GNU') return path;
  const bin = fs.mkdtempSync(join(scratch, 'bin-'));
  fs.chmodSync(bin, 0o755);
  const program = path
    .split(':')
    .map((at) => join(at, flavours[flavour]))
    .find((at) => fs.existsSync(at))!;
  const names =
    flavour === 'BSD'
      ? ['tar']
      : String(spawnSync(program, ['--list']).stdout)
          .trim()
          .split('\n');
  for (const name of names) fs.symlinkSync(program, join(bin, name));
  return flavour === 'BSD' ? `${bin}:${path}` : bin;
}

/** Starts a script as the leader of a process group of its own. */
export function startFar(
  { path, user }: Pick<Far, 'path' | 'user'>,
  { script, args }: Script,
  cwd = '/',
): ChildProcessWithoutNullStreams {
  // Bytes that are not UTF-8 do not go through spawn: a sh takes them from octal escapes.
  const octal = args.map((arg) => Array.from(arg, (byte) => `\\0${byte.toString(8)}`).join(''));
  const words = octal.map((text) => `"$(printf '%b.' '${text}')"`).join(' ');
  const wrapped = `set -- ${words}; for arg do shift; set -- "$@" "\${arg%.}"; done; exec sh -c '${script}' sh "$@"`;
  const ids = user === undefined ? {} : { uid: user, gid: user };
  return spawn('/bin/sh', ['-c', wrapped], { cwd, detached: true, env: { PATH: path, HOME: '/' }, ...ids });
}

/** Runs it to its end with this on its stdin. */
export async function runFar(
  far: Pick<Far, 'path' | 'user'>,
  script: Script,
  input: string | Uint8Array | readonly Uint8Array[] | AsyncIterable<Uint8Array>,
): Promise<Ended> {
  const child = startFar(far, script);
  const end = ended(child);
  const chunks =
    typeof input === 'string' ? [Buffer.from(input)] : input instanceof Uint8Array ? [input] : input;
  await pipeline(chunks, child.stdin).catch(() => undefined); // it may end before it has read all
  return await end;
}

/** The other side as a transport gives it to the engine. */
export function runner(there: Pick<Far, 'path' | 'user'>): RunFar {
  return async (script, args) => {
    const child = startFar(there, { script, args });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = `${complaint}${chunk}`.slice(-4096);
    });
    const ended = new Promise<{ code: number | undefined; signal: string | undefined }>((resolve) =>
      child.once('close', (code, signal) =>
        resolve({ code: code ?? undefined, signal: signal ?? undefined }),
      ),
    );
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      complaint: () => complaint,
      ended,
      [Symbol.asyncDispose]: async () => {
        if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGTERM');
        await ended;
      },
    };
  };
}

/** The directory of ours that batches of tests are unpacked into. */
export const stage = '.difpipe-test-1';

/** What unpacks a batch into a directory there. */
export function receiver(root: string | Buffer, tools: FarTools, how: Partial<ReceiveHow> = {}): Script {
  const usual = { stage, squeeze: 'none', rootOnly: false, keep: keepAll, durable: false } as const;
  return receive({ ...usual, root: Buffer.from(root), tools, ...how });
}
