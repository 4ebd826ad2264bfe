/** What one TCP stream carries over a line, as iperf3 finds it. */
import { spawn, spawnSync } from 'node:child_process';
import type { Link } from './link.ts';

const seconds = 6;
const begin = 3; // until it goes as fast as it can

export type Direction = 'there' | 'back';

/** Bytes a second. */
export type StreamRates = {
  /** of one that moves so many bytes from its first packet to its last, so that it becomes fast meanwhile */
  readonly whole: number;
  /** of one that has become as fast as it can */
  readonly steady: number;
};

/** Undefined without iperf3. */
export function streamRates(link: Link, direction: Direction, bytes: number): StreamRates | undefined {
  if (spawnSync('iperf3', ['--version']).status !== 0) return undefined;
  const whole = rateOf(link, direction, ['-n', `${bytes}`]);
  const steady = rateOf(link, direction, ['-t', `${seconds}`, '-O', `${begin}`]);
  return whole && steady ? { whole, steady } : undefined;
}

function rateOf(
  { near, far, farAddress }: Link,
  direction: Direction,
  work: readonly string[],
): number | undefined {
  const [program, ...args] = [...far, 'iperf3', '--server', '--one-off'];
  const server = spawn(program!, args, { stdio: 'ignore' });
  const back = direction === 'back' ? ['--reverse'] : [];
  try {
    for (let tries = 0; tries < 20; tries++) {
      const [client, ...words] = [...near, 'iperf3', '-c', farAddress, ...work, ...back, '--json'];
      const { status, stdout } = spawnSync(client!, words, { encoding: 'utf8' });
      if (status === 0) return bytesIn(stdout);
      spawnSync('sleep', ['0.1']); // the server is not there yet
    }
    return undefined;
  } finally {
    server.kill();
  }
}

function bytesIn(json: string): number {
  const found = JSON.parse(json) as { end: { sum_received: { bits_per_second: number } } };
  return found.end.sum_received.bits_per_second / 8;
}
