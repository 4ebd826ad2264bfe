/** Runs one command and measures the whole process: time on the clock, time on the processors, peak memory. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';

export type Sample = {
  readonly wallMs: number;
  readonly userMs: number;
  readonly sysMs: number;
  /** undefined where only the shell could measure */
  readonly peakBytes: number | undefined;
};

export type Measured = { readonly sample: Sample; readonly stdout: string };

/** Somebody pressed Ctrl-C: what was made is cleared away, and nothing more is measured. */
export class Interrupted extends Error {}

/** `timer` is the compiled copier; without it bash measures. Throws where the command fails. */
export function measure(argv: readonly string[], work: string, timer: string | undefined): Measured {
  const report = join(work, 'measured');
  const [program, ...args] = timer
    ? [timer, 'time', report, ...argv]
    : ['bash', '-c', script, report, ...argv];
  const stdout = join(work, 'stdout');
  const stderr = join(work, 'stderr');
  const fds = [stdout, stderr].map((path) => fs.openSync(path, 'w'));
  const { status, signal } = spawnSync(program!, args, { stdio: ['ignore', ...fds] });
  for (const fd of fds) fs.closeSync(fd);
  if (signal === 'SIGINT') throw new Interrupted();
  if (status !== 0) {
    throw new Error(
      `${argv.join(' ')} ended with ${status}: ${fs.readFileSync(stderr, 'utf8').slice(-2000)}`,
    );
  }
  return { sample: read(report), stdout: fs.readFileSync(stdout, 'utf8') };
}

/** The same numbers as the copier writes, but in seconds and without memory. */
const script = `exec 3>&2; TIMEFORMAT='%3R %3U %3S'; { time "$@" 2>&3; } 2> "$0"`;

function read(report: string): Sample {
  const words = fs.readFileSync(report, 'utf8').trim().split(' ').map(Number);
  const [wall, user, sys, peakKiB] = words;
  const toMs = peakKiB === undefined ? 1000 : 0.001;
  return {
    wallMs: wall! * toMs,
    userMs: user! * toMs,
    sysMs: sys! * toMs,
    peakBytes: peakKiB === undefined ? undefined : peakKiB * 1024,
  };
}
