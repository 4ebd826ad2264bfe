import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { programWith } from '../built.ts';
import '../surroundings.ts';

export type Said = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

type Options = {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
};

const state = directory('state-');

/** Where the programs of this test file remember runs, unless told otherwise. */
export const stateDir = join(state, 'difpipe');

/** Runs the program to its end, as a child without a terminal. */
export function difpipe(words: readonly string[], { cwd, env, input }: Options = {}): Said {
  const { status, stdout, stderr } = spawnSync(...programWith(...words), {
    cwd: cwd ?? state,
    env: environment(env),
    input: input ?? '',
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 120_000,
  });
  return { status, stdout, stderr };
}

/** Runs a command as it was printed, in a shell that stands elsewhere. */
export function inShell(command: string): Said {
  const [program, main] = programWith();
  const script = `difpipe() { ${[program, ...main].join(' ')} "$@"; }; cd / && ${command}`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], {
    env: environment(),
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { status, stdout, stderr };
}

/** Starts it, to be sent signals. */
export function start(words: readonly string[], { cwd, env }: Options = {}) {
  return spawn(...programWith(...words), { cwd: cwd ?? state, env: environment(env) });
}

export function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, DIFPIPE_STATE_DIR: stateDir, ...more };
}

/** A new directory that is gone after the tests of this file. */
export function directory(prefix = 'cli-'): string {
  const path = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), prefix)));
  after(() => fs.rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Each line of JSON, parsed. */
export function objects(stdout: string): Record<string, unknown>[] {
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
