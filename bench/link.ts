/** A long line to another host, both of them network namespaces of this machine. Needs root, a C compiler and iproute2. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';

export type Line = { readonly rttMs: number; readonly mbit: number; readonly loss: number };

export type Link = Disposable & {
  /** what runs a program on this side or the other, before its argv */
  readonly near: readonly string[];
  readonly far: readonly string[];
  readonly farAddress: string;
};

const addresses = { near: '10.79.0.1', far: '10.79.0.2' } as const;
const sides = ['near', 'far'] as const;

/** As hosts that move much have it: room for what such a line holds. */
const tuned = ['net.ipv4.tcp_rmem=4096 131072 67108864', 'net.ipv4.tcp_wmem=4096 65536 67108864'];

/** Undefined where it cannot be made. */
export function startLink(work: string, { rttMs, mbit, loss }: Line): Link | undefined {
  const program = join(work, 'link');
  const source = join(import.meta.dirname, 'link.c');
  if (process.geteuid!() !== 0 || spawnSync('cc', ['-O2', '-o', program, source, '-lm']).status !== 0)
    return undefined;
  const names = { near: `difpipe-near-${process.pid}`, far: `difpipe-far-${process.pid}` };
  for (const side of sides) execFileSync('ip', ['netns', 'add', names[side]]);
  const told = join(work, 'link.told');
  const out = fs.openSync(told, 'w');
  const line = spawn(program, [names.near, names.far, `${rttMs / 2}`, `${mbit}`, `${loss}`], {
    stdio: ['pipe', out, out],
  });
  fs.closeSync(out);
  waitUntil(() => fs.readFileSync(told, 'utf8') !== '');
  for (const side of sides) {
    const inside = ['ip', 'netns', 'exec', names[side]];
    run([...inside, 'ip', 'link', 'set', 'lo', 'up']);
    run([...inside, 'ip', 'addr', 'add', `${addresses[side]}/24`, 'dev', 'line']);
    run([...inside, 'ip', 'link', 'set', 'line', 'txqueuelen', '10000', 'up']);
    for (const setting of tuned) run([...inside, 'sysctl', '-qw', setting]);
  }
  return {
    near: ['ip', 'netns', 'exec', names.near],
    far: ['ip', 'netns', 'exec', names.far],
    farAddress: addresses.far,
    [Symbol.dispose]: () => {
      line.kill('SIGKILL'); // left alone it takes the namespaces away itself
      for (const side of sides) run(['ip', 'netns', 'del', names[side]]);
    },
  };
}

function run([program, ...args]: readonly string[]): void {
  execFileSync(program!, args, { stdio: 'pipe' });
}

function waitUntil(done: () => boolean): void {
  for (let tries = 0; tries < 100; tries++) {
    if (done()) return;
    spawnSync('sleep', ['0.05']);
  }
  throw new Error('the line does not start');
}
