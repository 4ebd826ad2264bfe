import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { seeded } from '../journal/fixture.ts';
import { judge } from '../judge.ts';
import { needs } from '../peer.ts';
import { startSshd } from '../ssh/sshd.ts';
import { type Running, start } from '../survive/program.ts';
import { type Ends, pull, push, relay } from './far.ts';
import { shell, workspace } from './run.ts';

// Killed with -9 while batches are under way: the program, or what serves it. DIFPIPE_KILLS gives another number.

const kills = Number(process.env.DIFPIPE_KILLS ?? 4);
const sshd = await startSshd();
after(() => sshd[Symbol.asyncDispose]());

const tree = `
  for d in $(seq 40); do mkdir -p "d$d/e"; for f in $(seq 30); do echo "$d $f" >"d$d/f$f"; echo >"d$d/e/g$f"; done
  ln -s "f1" "d$d/link"; chmod 2750 "d$d/e"; touch -d "@$((d * 1000)).5" "d$d/e"; done`;

type Ground = { readonly source: string; readonly dest: string; readonly words: readonly string[] };

async function ground(ends: Ends): Promise<Ground & { readonly begin: () => Running }> {
  const here = workspace();
  const [source, dest, state] = ['from', 'to', 'state'].map((name) => join(here, name));
  for (const path of [source!, dest!]) fs.mkdirSync(path);
  await shell(source!, tree);
  const place = (path: string, end: 'here' | 'far') =>
    end === 'here' ? path : `ssh://127.0.0.1:${sshd.port}${path}`;
  const words = ['transfer', '--streams', '3', place(source!, ends.source), place(dest!, ends.dest)];
  const begin = () => start(state!, words, { env: { HOME: sshd.home } });
  return { source: source!, dest: dest!, words, begin };
}

/** Resolves when names in the directory changed so often, or the program ended before. */
async function changes(dir: string, count: number, { ended }: Running): Promise<void> {
  let seen = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const watcher = fs.watch(dir, () => {
    if (++seen === count) resolve();
  });
  watcher.on('error', () => resolve());
  await Promise.race([promise, ended]);
  watcher.close();
}

for (const [name, ends] of Object.entries({ push, pull, relay })) {
  describe(`batches, ${name}`, { skip: needs('rsync', 'root') }, () => {
    test('the program killed at seeded moments, and run again: all is there and nothing else', async () => {
      const { source, dest, begin } = await ground(ends);
      const random = seeded(7);
      for (let killed = 0; killed < kills; killed++) {
        const running = begin();
        await changes(dest, 1 + random(60), running);
        running.child.kill('SIGKILL');
        await running.ended;
      }
      const { status, stderr } = await begin().ended;
      assert.equal(status, 0, stderr);
      assert.equal(await judge(source, dest), '');
    });

    test('the connections killed at seeded moments: the same run goes on', async () => {
      const { source, dest, begin } = await ground(ends);
      const random = seeded(8);
      const running = begin();
      for (let killed = 0; killed < 2; killed++) {
        await changes(dest, 1 + random(30), running);
        for (const pid of sshd.sessions()) killIfThere(pid);
      }
      const { status, stderr } = await running.ended;
      assert.equal(status, 0, stderr);
      assert.equal(await judge(source, dest), '');
    });
  });
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}
