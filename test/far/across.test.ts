import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { seeded } from '../journal/fixture.ts';
import { needs } from '../peer.ts';
import { configure } from '../ssh/sshd.ts';
import { assertStatus } from '../survive/program.ts';
import { differences, type Far, far, over } from './ground.ts';
import { type Line, line } from './line.ts';
import { ordinary } from './tree.ts';

// What goes wrong while something goes from host to host, or in batches: on lines of either side, and there.

const skip = needs('sshd', 'rsync', 'root');
const MiB = 2 ** 20;
const seed = Number(process.env.DIFPIPE_SEED ?? 1);
const words = ['transfer', '--bwlimit', '20M'];

type Side = 'source' | 'destination';

function endsOver(here: Far, way: Line, side: Side, lines: readonly string[] = []): [string, string] {
  const [source, dest] = [here.source, here.dest];
  const far = over(here, way, side === 'source' ? source : dest, lines);
  const other = over(here, here.server, side === 'source' ? dest : source, lines);
  return side === 'source' ? [far, other] : [other, far];
}

describe('from host to host', { skip, concurrency: 4 }, () => {
  for (const side of ['source', 'destination'] as const) {
    test(`the line of the ${side} is reset at random bytes (seed ${seed})`, async () => {
      await using here = await far();
      ordinary(here.source, { files: 300, largeMiB: 24 });
      const random = seeded(seed);
      let next = 500_000 + random(4 * MiB);
      let resets = 0;
      await using way = await line(here.server.port, (bytes, self) => {
        if (resets >= 3 || bytes < next) return;
        resets++;
        next = bytes + 500_000 + random(6 * MiB);
        self.reset();
      });
      await here.runTo(0, [...words, ...endsOver(here, way, side)]);
      assert.ok(resets >= 2, `${resets} resets`);
      assert.deepEqual(differences(here.source, here.dest), []);
    });

    test(`the line of the ${side} falls silent: the run goes on over another`, async () => {
      await using here = await far();
      ordinary(here.source, { files: 300, largeMiB: 24 });
      await using way = await line(here.server.port);
      const running = here.start([...words, ...endsOver(here, way, side, ['ServerAliveInterval 1'])]);
      await running.next('progress', ({ bytes }) => Number(bytes) > MiB);
      way.silence();
      assertStatus(0, await running.ended);
      assert.deepEqual(differences(here.source, here.dest), []);
    });
  }

  test('a host that is killed and comes back: the run says at once that it waits, and goes on', async () => {
    await using here = await far();
    ordinary(here.source, { files: 300, largeMiB: 24 });
    configure(here.server);
    const ends = [here.url(here.source), here.url(here.dest)];
    const running = here.start([...words, '--retries', '1', ...ends]); // while the first of those waits
    await running.next('started');
    await here.server.kill();
    const said = await running.next('warning', ({ message }) => /it is tried again/.test(String(message)));
    assert.match(String(said.message), /cannot (reach|talk to) .*; it is tried again/);
    await here.server.restart();
    assertStatus(0, await running.ended);
    assert.deepEqual(differences(here.source, here.dest), []);
  });
});

describe('a far tar that is killed alone', { skip, concurrency: 4 }, () => {
  for (const [name, ends] of Object.entries({
    'while it unpacks': (here: Far) => [here.source, here.url(here.dest)],
    'while it packs': (here: Far) => [here.url(here.source), here.dest],
    'from host to host': (here: Far) => [here.url(here.source), here.url(here.dest)],
  }))
    test(`${name}: its batch goes again, and the end is right`, async () => {
      await using here = await far();
      ordinary(here.source, { files: 1500 });
      const running = here.start(['transfer', '--bwlimit', '1M', ...ends(here)]);
      await running.next('started');
      const killed = await killTar(here);
      assertStatus(0, await running.ended);
      assert.ok(killed);
      assert.deepEqual(differences(here.source, here.dest), []);
    });
});

/** One that the server started, in the middle of its work; answers whether there was one. */
async function killTar({ server }: Far): Promise<boolean> {
  for (let look = 0; look < 1000; look++) {
    const [pid] = below(server.sessions()).filter((one) => nameOf(one) === 'tar');
    if (pid !== undefined) await wait(10);
    if (pid !== undefined && nameOf(pid) === 'tar') return process.kill(pid, 'SIGKILL');
    await wait(5);
  }
  return false;
}

function below(pids: readonly number[]): number[] {
  return pids.flatMap((pid) => [pid, ...below(childrenOf(pid))]);
}

function childrenOf(pid: number): number[] {
  try {
    const text = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return []; // it has ended meanwhile
  }
}

function nameOf(pid: number): string {
  try {
    return fs.readFileSync(join('/proc', String(pid), 'comm'), 'latin1').trim();
  } catch {
    return '';
  }
}
