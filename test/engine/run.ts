import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Action, Summary } from '../../src/report/events.ts';
import { program } from '../built.ts';
import '../surroundings.ts';

const memory = '/dev/shm';

/** A new directory that is gone after the tests of this file: in memory, unless a disk is asked for. */
export function workspace(where: 'memory' | 'disk' = 'memory'): string {
  const base = where === 'memory' && isWritable(memory) ? memory : tmpdir();
  const path = fs.realpathSync(fs.mkdtempSync(join(base, 'difpipe-')));
  fs.chmodSync(path, 0o755); // ordinary users come by
  after(() => shell('/', 'rm -rf -- "$0"', path)); // deeper than Node's rm can go
  return path;
}

function isWritable(path: string): boolean {
  return fs.existsSync(path) && (fs.statSync(path).mode & 0o002) !== 0;
}

export type Ended = { readonly status: number | null; readonly stdout: Buffer; readonly stderr: string };

/** Waits for a child, whatever becomes of it. */
export function ended(child: ChildProcess): Promise<Ended> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) =>
      resolve({ status, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() }),
    );
  });
}

/** Runs a script in a directory; its arguments are $0, $1, … Rejects with what it said if it fails. */
export async function shell(cwd: string, script: string, ...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await ended(spawn('sh', ['-euc', script, ...words], { cwd }));
  if (status !== 0) throw new Error(`sh: ${status}: ${stderr}\n${script}`);
  return stdout.toString('latin1');
}

export type Entry = { readonly action: Action; readonly path: string; readonly bytes: number };
export type Failed = {
  readonly path: string;
  readonly kind: string;
  readonly message: string;
  readonly hint?: string | undefined;
};

export type Ran = {
  readonly status: number | null;
  readonly stderr: string;
  /** what was done to each entry, paths with a character for each byte */
  readonly entries: readonly Entry[];
  readonly failed: readonly Failed[];
  readonly differences: readonly { readonly path: string; readonly what: readonly string[] }[];
  readonly error: { readonly kind: string; readonly message: string; readonly hint: string } | undefined;
  /** undefined where the run did not get so far */
  readonly summary: Summary | undefined;
};

export type How = {
  readonly under?: readonly string[]; // a command line that the program is an argument of
  readonly input?: string | Buffer;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
};

/** Runs a verb as a child and reads what it said as JSON; `stateDir` is where it remembers runs. */
export async function run(stateDir: string, words: readonly string[], how: How = {}): Promise<Ran> {
  const [command, ...rest] = [...(how.under ?? []), ...program, ...words, '--json'];
  const child = spawn(command!, rest, {
    cwd: how.cwd ?? '/',
    env: { ...process.env, DIFPIPE_STATE_DIR: stateDir, ...how.env },
  });
  child.stdin.on('error', () => undefined); // it may end before it has read all
  child.stdin.end(how.input ?? '');
  const { status, stdout, stderr } = await ended(child);
  return read(status, stdout.toString(), stderr);
}

type Json = { readonly type: string; readonly path?: string; readonly pathBase64?: string };

function read(status: number | null, stdout: string, stderr: string): Ran {
  const lines = stdout.split('\n').filter((line) => line !== '');
  const events = lines.map((line) => exact(JSON.parse(line) as Json));
  const of = <T>(type: string) => events.filter((event) => event.type === type) as unknown as T[];
  return {
    status,
    stderr,
    entries: of<Entry>('entry'),
    failed: of<Failed>('failed'),
    differences: of<Ran['differences'][number]>('difference'),
    error: of<NonNullable<Ran['error']>>('error')[0],
    summary: of<Summary>('finished')[0],
  };
}

function exact(event: Json): Json {
  if (event.path === undefined) return event;
  const bytes =
    event.pathBase64 === undefined ? Buffer.from(event.path) : Buffer.from(event.pathBase64, 'base64');
  return { ...event, path: bytes.toString('latin1') };
}
