import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { MiB } from '../trees.ts';
import { place } from './ground.ts';
import {
  assertSame,
  assertStatus,
  type Ended,
  failures,
  type Running,
  run,
  runTo,
  start,
  strays,
  whileHeld,
} from './program.ts';

// Others at the destination while difpipe writes there: attackers, rivals, and another of its kind.

const attacker = join(import.meta.dirname, 'attacker.ts');
const dirs = ['d0', 'd1', 'd2', 'd3'];

test('nothing appears outside while directories are swapped for symlinks', async () => {
  using here = ground();
  const outside = join(here.path, 'outside');
  for (const dir of ['', 'sub', 'sub/deeper']) fs.mkdirSync(join(outside, dir));
  for (const dir of dirs) fill(join(here.source, dir), 150);
  fill(join(here.source, 'd1/sub/deeper'), 50);
  fs.writeFileSync(join(here.source, 'd2/big'), Buffer.alloc(3 * MiB, 'x'));
  fs.truncateSync(join(here.source, 'd2/big'), 65 * MiB);
  for (const dir of dirs) fs.linkSync(join(here.source, 'd0/f0'), join(here.source, dir, 'linked'));
  for (const dir of dirs) fs.mkdirSync(join(here.dest, dir), { recursive: true });
  const link = join(here.path, 'link');
  fs.symlinkSync(outside, link);
  const before = fingerprint(outside);
  const child = spawn(process.execPath, [attacker, link, ...dirs.map((dir) => join(here.dest, dir))]);
  const closed = once(child, 'close'); // it may end before anybody asks
  try {
    await Promise.race([once(child.stdout, 'data'), closed]);
    for (let round = 0; round < 5; round++) {
      const { status } = await run(here.state, ['transfer', here.source, here.dest]);
      assert.ok(status === 0 || status === 3, String(status));
      for (let i = 0; i < 150; i++) fs.writeFileSync(join(here.source, `d${i % 4}/f${i}`), `${round}`);
    }
    assert.equal(child.exitCode, null);
  } finally {
    child.kill('SIGKILL');
    await closed;
  }
  assert.deepEqual(fingerprint(outside), before);
});

describe('a file that a rival makes is kept, and said', { concurrency: 5, skip: needs('rsync') }, () => {
  test('in the moment before it gets its name', { skip: needs('strace', 'root') }, async () => {
    using here = ground();
    fill(here.source, 1);
    fs.mkdirSync(here.dest);
    const trace = join(here.path, 'trace');
    fs.writeFileSync(trace, '');
    const delay = ['-e', 'trace=linkat', '-e', 'inject=linkat:delay_enter=4s'];
    const under = ['strace', '-fqq', '-o', trace, ...delay];
    const running = start(here.state, ['transfer', here.source, here.dest], { under });
    for await (const _ of fs.promises.watch(trace)) if (fs.statSync(trace).size > 0) break;
    assertKept(here, 'f0', await meanwhile(here, 'f0', running));
  });

  for (const bytes of [9 * MiB, 70 * MiB]) {
    for (const isThere of [false, true]) {
      const what = isThere ? 'over an older one ' : '';
      test(`${what}while ${bytes / MiB} MiB of it are copied`, async () => {
        using here = ground();
        fs.mkdirSync(here.dest);
        fs.writeFileSync(join(here.source, 'file'), Buffer.alloc(bytes, 'x'));
        if (isThere) fs.writeFileSync(join(here.dest, 'file'), 'the old one');
        const limit = ['--bwlimit', `${bytes / 4096}K`];
        const running = start(here.state, ['transfer', ...limit, here.source, here.dest]);
        await running.next('progress', ({ bytes: moved }) => Number(moved) > MiB);
        assertKept(here, 'file', await meanwhile(here, 'file', running));
      });
    }
  }
});

/** The rival writes to another name, and gives it this one. */
function meanwhile({ dest }: Ground, name: string, { ended }: Running): Promise<Ended> {
  const other = join(dest, 'of the rival');
  fs.writeFileSync(other, 'the rival');
  fs.renameSync(other, join(dest, name));
  return ended;
}

function assertKept({ dest }: Ground, name: string, ended: Ended): void {
  assertStatus(3, ended);
  assert.match(failures(ended).get(name)!, /^conflict: cannot write it at the destination: /);
  assert.equal(fs.readFileSync(join(dest, name), 'utf8'), 'the rival');
  assert.deepEqual(strays(dest), []);
}

describe('the same route, twice', { skip: needs('rsync') }, () => {
  test('the second is told who holds it, and the first is not disturbed', async () => {
    using here = ground();
    const { first, said } = await slow(here);
    const words = ['transfer', `${here.source}/`, `${here.dest}/.`];
    const second = await whileHeld(first, () => run(here.state, words));
    assertStatus(6, second);
    const { message, kind, exitCode } = second.said.find(({ type }) => type === 'error')!;
    assert.deepEqual({ kind, exitCode }, { kind: 'locked', exitCode: 6 });
    assert.ok(String(message).includes(`run ${said.run} (process ${first.child.pid})`), String(message));
    assertStatus(0, await first.ended);
    assertSame(here.source, here.dest);
  });

  test('the next takes over from one that was killed', async () => {
    using here = ground();
    const { first } = await slow(here);
    first.child.kill('SIGKILL');
    assert.equal((await first.ended).signal, 'SIGKILL');
    await runTo(0, here.state, ['transfer', here.source, here.dest]);
    assertSame(here.source, here.dest);
  });
});

async function slow({ source, dest, state }: Ground) {
  fs.writeFileSync(join(source, 'big'), Buffer.alloc(9 * MiB, 'x'));
  const first = start(state, ['transfer', '--bwlimit', '4M', source, dest]);
  const said = await first.next('started');
  await first.next('progress');
  return { first, said };
}

type Ground = ReturnType<typeof ground>;

function ground() {
  const here = place();
  const [source, dest, state] = [join(here.path, 'from'), join(here.path, 'to'), join(here.path, 'state')];
  fs.mkdirSync(source);
  return { path: here.path, source, dest, state, [Symbol.dispose]: () => here[Symbol.dispose]() };
}

function fill(dir: string, files: number): void {
  fs.mkdirSync(dir, { recursive: true });
  for (let i = 0; i < files; i++) fs.writeFileSync(join(dir, `f${i}`), `${i} of ${dir}`);
}

/** Everything below a directory, with times and modes. */
function fingerprint(root: string): string[] {
  const names = fs.readdirSync(root, { recursive: true, encoding: 'utf8' });
  return ['', ...names.sort()].map((name) => {
    const { mode, uid, mtimeNs, ctimeNs, size } = fs.lstatSync(join(root, name), { bigint: true });
    return [name, mode, uid, mtimeNs, ctimeNs, size].join(' ');
  });
}
