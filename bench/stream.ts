/** What one TCP stream carries over a line, as iperf3 finds it. */
import { spawn, spawnSync } from 'node:child_process';
import type { Link } from './link.ts';

const seconds = 6;
const begin = 3; // until it goes as fast as it can

/** Bytes a second; undefined without iperf3. */
export function streamRate({ near, far, farAddress }: Link): number | undefined {
  if (spawnSync('iperf3', ['--version']).status !== 0) return undefined;
  const [program, ...args] = [...far, 'iperf3', '--server', '--one-off'];
  const server = spawn(program!, args, { stdio: 'ignore' });
  try {
    for (let tries = 0; tries < 20; tries++) {
      const asked = ['iperf3', '-c', farAddress, '-t', `${seconds}`, '-O', `${begin}`, '--json'];
      const [client, ...words] = [...near, ...asked];
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
