import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { configure } from '../ssh/sshd.ts';
import { assertSame, assertStatus, type Running, stop, whileHeld } from '../survive/program.ts';
import { assertQuiet, errorOf, type Far, far } from './ground.ts';
import { ordinary } from './tree.ts';

// Told to stop, at any moment; and the same route twice at once.

const MiB = 2 ** 20;
const skip = needs('sshd', 'rsync', 'root');

describe('a transfer over SSH', { skip, concurrency: 3 }, () => {
  for (const [signal, ends] of [
    ['SIGTERM', push],
    ['SIGINT', pull],
    ['SIGINT', relay],
  ] as const) {
    test(`${ends.name} that is told to stop by ${signal} ends within 10 s, and is resumed`, async () => {
      await using here = await far();
      const running = await underWay(here, ends(here));
      const ended = await stop(running, signal);
      const { outcome, resumeWith, run } = ended.summary!;
      assert.deepEqual([outcome, resumeWith], ['stopped', `difpipe runs resume ${run}`]);
      await assertQuiet(here);
      await here.runTo(0, ['runs', 'resume']);
      assertSame(here.source, here.dest);
    });
  }

  test('that is told to stop while its host is away ends within 10 s, and is resumed', async () => {
    await using here = await far();
    const running = await underWay(here, push(here));
    await here.server.kill();
    await stop(running, 'SIGTERM');
    await here.server.restart();
    await here.runTo(0, ['runs', 'resume']);
    assertSame(here.source, here.dest);
  });

  test('that is told to stop while it connects ends at once', async () => {
    await using here = await far();
    const mute = createServer((socket) => void socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as { port: number };
    configure(here.server, 'Host mute', 'HostName 127.0.0.1', `Port ${port}`);
    const connected = once(mute, 'connection');
    const running = here.start(['transfer', here.source, 'root@mute:/nowhere']);
    const [socket] = await connected;
    assert.equal((await stop(running, 'SIGTERM')).summary, undefined);
    socket.destroy();
    mute.close();
  });

  test('that is told to stop while the server does not greet ends at once', async () => {
    await using here = await far({ options: ['ForceCommand echo $$ >$HOME/pid; exec sleep 600'] });
    const running = here.start(['transfer', here.source, here.url(here.dest)]);
    const pid = Number(await contentOf(join(here.server.home, 'pid')));
    await stop(running, 'SIGINT');
    process.kill(pid); // sshd leaves it
  });
});

test('the same route twice over SSH: the second is refused without waiting, and the first is not disturbed', {
  skip,
}, async () => {
  await using here = await far();
  const first = here.start(['transfer', '--bwlimit', '3M', ...fill(here)]);
  const { run } = await first.next('started');
  const words = ['transfer', here.source, here.url(`${here.source}/../to/`)];
  const second = await whileHeld(first, () => here.runTo(6, words));
  const { kind, message } = errorOf(second);
  assert.equal(kind, 'locked');
  assert.ok(message.includes(`run ${run} (process ${first.child.pid})`), message);
  assertStatus(0, await first.ended);
  assertSame(here.source, here.dest);
});

function push({ source, dest, url }: Far): readonly string[] {
  return [source, url(dest)];
}

function pull({ source, dest, url }: Far): readonly string[] {
  return [url(source), dest];
}

function relay({ source, dest, url }: Far): readonly string[] {
  return [url(source), url(dest)];
}

function fill(here: Far): readonly string[] {
  ordinary(here.source, { files: 200, largeMiB: 20 });
  return push(here);
}

async function underWay(here: Far, ends: readonly string[]): Promise<Running> {
  ordinary(here.source, { files: 200, largeMiB: 40 });
  const running = here.start(['transfer', '--bwlimit', '10M', ...ends]);
  await running.next('progress', ({ bytes }) => Number(bytes) > MiB);
  return running;
}

/** Of a file that is going to be written. */
async function contentOf(path: string): Promise<string> {
  const watcher = fs.watch(dirname(path));
  try {
    for (;;) {
      const changed = once(watcher, 'change');
      const content = fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : '';
      if (content !== '') return content;
      await changed;
    }
  } finally {
    watcher.close();
  }
}
