/** The program as a child, with what it says read as JSON, and the judge of what it leaves. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createInterface } from 'node:readline';
import type { Summary } from '../../src/report/events.ts';
import { program } from '../built.ts';
import '../surroundings.ts';

export type Said = { readonly type: string } & Readonly<Record<string, unknown>>;

export type Ended = {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: readonly Said[];
  readonly stderr: string;
  /** undefined where it did not get so far */
  readonly summary: Summary | undefined;
};

export type How = {
  /** a command line that the program is an argument of */
  readonly under?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
};

export type Running = {
  readonly child: ChildProcess;
  /** The next object of this type; fails when it ends without one. */
  next(type: string, wanted?: (said: Said) => boolean): Promise<Said>;
  readonly ended: Promise<Ended>;
};

/** Starts a verb; `stateDir` is where it remembers runs. */
export function start(
  stateDir: string,
  words: readonly string[],
  { under = [], env = {} }: How = {},
): Running {
  const [command, ...rest] = [...under, ...program, ...words, '--json'];
  const child = spawn(command!, rest, {
    cwd: '/',
    env: { ...process.env, ...env, DIFPIPE_STATE_DIR: stateDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Said[] = [];
  const told = new EventTarget();
  const lines = createInterface({ input: child.stdout! });
  lines.on('line', (line) => {
    said.push(JSON.parse(line) as Said);
    told.dispatchEvent(new Event('said'));
  });
  const errors = child.stderr!.setEncoding('utf8').toArray() as Promise<string[]>;
  const ended = endOf(child, said, errors);
  let at = 0;
  const next: Running['next'] = async (type, wanted = () => true) => {
    for (;;) {
      while (at < said.length) {
        const one = said[at++]!;
        if (one.type === type && wanted(one)) return one;
      }
      const over = await Promise.race([once(told, 'said').then(() => undefined), ended]);
      if (over && at >= said.length) assert.fail(`ended with ${over.status} before ${type}: ${over.stderr}`);
    }
  };
  return { child, next, ended };
}

/** Does something while a run goes on, which it does not get any further in, however long that takes. */
export async function whileHeld<T>({ child }: Running, work: () => Promise<T>): Promise<T> {
  child.kill('SIGSTOP');
  try {
    return await work();
  } finally {
    child.kill('SIGCONT');
  }
}

async function endOf(child: ChildProcess, said: readonly Said[], errors: Promise<string[]>): Promise<Ended> {
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const finished = said.find(({ type }) => type === 'finished');
  const summary = finished as unknown as Summary | undefined;
  return { status, signal, said, stderr: (await errors).join(''), summary };
}

/** Runs a verb to its end. */
export function run(stateDir: string, words: readonly string[], how?: How): Promise<Ended> {
  return start(stateDir, words, how).ended;
}

/** Runs it to its end, which has to be this exit code. */
export async function runTo(
  status: number,
  stateDir: string,
  words: readonly string[],
  how?: How,
): Promise<Ended> {
  const ended = await run(stateDir, words, how);
  assertStatus(status, ended);
  return ended;
}

export function assertStatus(status: number, ended: Ended): void {
  const why = () => `${ended.signal} ${ended.stderr}${JSON.stringify([...failures(ended)].slice(0, 3))}`;
  assert.equal(ended.status, status, ended.status === status ? '' : why());
}

/** What failed, by path. */
export function failures({ said }: Ended): Map<string, string> {
  const failed = said.filter(({ type }) => type === 'failed');
  return new Map(failed.map(({ path, kind, message }) => [String(path), `${kind}: ${message}`]));
}

/** An independent program finds no difference, and nothing of ours lies about. */
export function assertSame(source: string, dest: string): void {
  const args = ['-naHAXSi', '--delete', '--checksum', `${source}/`, `${dest}/`];
  const { stdout, stderr } = spawnSync('rsync', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.equal(stdout.split('\n').slice(0, 10).join('\n') + stderr, '');
  assert.deepEqual(strays(dest), []);
}

/** Names of ours below a directory. */
export function strays(dir: string): string[] {
  const found = execFileSync('find', [dir, '-name', '.difpipe-*', '-o', '-name', '*.difp-*'], {
    encoding: 'utf8',
  });
  return found.split('\n').filter((line) => line !== '');
}

/** The pid and its children are gone, all of them. */
export function assertGone(pid: number): void {
  assert.ok(!fs.existsSync(`/proc/${pid}`));
}

const codes = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129 } as const;
export type Stops = keyof typeof codes;

/** Tells it to stop, and sees that it does: as the signal says, within 10 s, with nothing of it left. */
export async function stop(running: Running, signal: Stops = 'SIGTERM'): Promise<Ended> {
  const startMs = performance.now();
  running.child.kill(signal);
  const ended = await running.ended;
  assertStatus(codes[signal], ended);
  assert.ok(performance.now() - startMs < 10_000);
  assertGone(running.child.pid!);
  return ended;
}

/** A process, its children and theirs; itself alone where it is gone. */
export function familyOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  const children = fs.existsSync(path) ? fs.readFileSync(path, 'latin1').split(' ') : [];
  return [pid, ...children.filter(Boolean).map(Number).flatMap(familyOf)];
}

/** What was said that is no failure. */
export function warnings({ said }: Pick<Ended, 'said'>): string[] {
  return said.filter(({ type }) => type === 'warning').map(({ message }) => String(message));
}
