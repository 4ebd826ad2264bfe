import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorOf } from '../far/ground.ts';
import { needs } from '../peer.ts';
import { mounted } from '../survive/ground.ts';
import { assertStatus, failures, strays, whileHeld } from '../survive/program.ts';
import { MiB, solid } from '../trees.ts';
import { web } from './ground.ts';

// Told to stop, told twice, and out of room, with a real web server.

const skip = needs('nginx', 'root');
const names = ['large', ...Array.from({ length: 50 }, (_, i) => `f${i}`)];

function fill(root: string): void {
  solid(join(root, 'large'), 40 * MiB);
  for (const name of names.slice(1)) fs.writeFileSync(join(root, name), `of ${name}`);
}

function assertEqual(a: string, b: string): void {
  for (const name of names)
    assert.ok(fs.readFileSync(join(a, name)).equals(fs.readFileSync(join(b, name))), name);
}

/** A tree at one end of a way, and room for it at the other. */
function filled({ path, server }: Awaited<ReturnType<typeof web>>, way: string) {
  const [dir, there] = [join(path, 'here'), join(server.root, 'there')];
  for (const one of [dir, there]) fs.mkdirSync(one);
  const [from, to] = way === 'up' ? [dir, there] : [there, dir];
  fill(from);
  return { from, to, ends: way === 'up' ? [dir, server.url('there/')] : [server.url('there/'), dir] };
}

for (const way of ['down', 'up'])
  test(`SIGTERM stops what goes ${way} within 10 s; the same one beside it is refused; it is resumed`, {
    skip,
  }, async () => {
    await using here = await web();
    const { from, to, ends } = filled(here, way);
    const running = here.start(['transfer', '--bwlimit', '15M', ...ends]);
    await running.next('progress', ({ bytes }) => Number(bytes) > 4 * MiB);
    const second = await whileHeld(running, () => here.runTo(6, ['transfer', ...ends]));
    assert.equal(errorOf(second).kind, 'locked');
    const startMs = performance.now();
    running.child.kill('SIGTERM');
    assertStatus(143, await running.ended);
    assert.ok(performance.now() - startMs < 10_000);
    assert.equal(fs.existsSync(join(to, 'large')), false);
    await here.runTo(0, ['runs', 'resume']);
    assertEqual(from, to);
    assert.deepEqual(strays(to), []);
  });

for (const way of ['down', 'up'])
  test(`a full disk stops what goes ${way}, is named, and all arrives when there is room`, {
    skip,
  }, async () => {
    await using here = await web();
    const { from, to, ends } = filled(here, way);
    using disk = mounted(to, '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs');
    const ended = await here.runTo(1, ['transfer', '--retries', '1', ...ends]);
    const kind = way === 'down' ? /^full: / : /^transient: .*HTTP 50[07]/; // all that a server says of its disk
    assert.match(failures(ended).get('large')!, kind);
    assert.equal(fs.existsSync(join(to, 'large')), false);
    execFileSync('mount', ['-o', 'remount,size=100m', disk.path]);
    await here.runTo(0, ['runs', 'resume']);
    assertEqual(from, to);
  });
