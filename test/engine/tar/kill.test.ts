import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { readReceived } from '../../../src/engine/tar/host/received.ts';
import { sweep } from '../../../src/engine/tar/host/sweep.ts';
import { needs } from '../../peer.ts';
import { ended, shell, workspace } from '../run.ts';
import { type Flavour, far, flavours, receiver, runFar, stage, startFar } from './far.ts';
import { placesStream } from './places.ts';

const names = Array.from({ length: 60 }, (_, i) => `f${i}`);
const old = (name: string) => `old ${name} `.repeat(100);
const fresh = (name: string) => `new ${name} `.repeat(300);
const files = (from: number, to: number) =>
  Object.fromEntries(names.slice(from, to).map((name) => [name, fresh(name)]));

function wanted() {
  const inDir = Object.fromEntries(names.map((name) => [`dir-${name}`, fresh(name)]));
  return [
    { dir: 'a', replaces: true, files: files(0, 30) },
    { dir: 'a', replaces: false, files: files(30, 60) },
    { dir: '', replaces: false, files: inDir },
  ];
}

/** Everything below is an old file, a whole new one, or ours. */
function isSound(dest: string): void {
  for (const name of fs.readdirSync(join(dest, 'a'))) {
    const content = fs.readFileSync(join(dest, 'a', name), 'latin1');
    assert.ok(content === fresh(name) || (content === old(name) && names.indexOf(name) < 30), name);
  }
  for (const name of fs.readdirSync(dest)) {
    if (name === 'a' || name === stage) continue;
    assert.equal(fs.readFileSync(join(dest, name), 'latin1'), fresh(name.replace('dir-', '')));
  }
}

/** Numbers that look like chance and are the same each time. */
function* seeded(seed: number): Generator<number> {
  for (let at = seed; ; ) {
    at = (at * 1_103_515_245 + 12_345) % 2 ** 31;
    yield at / 2 ** 31;
  }
}

async function killed(flavour: Flavour, dest: string, when: { bytes: number } | { call: number }) {
  const { tools, ...there } = await far(workspace(), flavour);
  const script = receiver(dest, tools);
  const whole = Buffer.concat(placesStream(stage, wanted()));
  const child = startFar(there, script);
  const end = ended(child);
  const input = 'bytes' in when ? whole.subarray(0, when.bytes * whole.length) : whole;
  const sent = new Promise<void>((resolve) => child.stdin.write(input, () => resolve()));
  await Promise.race([sent, end]);
  process.kill(-child.pid!, 'SIGKILL');
  child.stdin.destroy();
  await end;
}

for (const flavour of ['GNU', 'BSD', 'busybox'] as const) {
  test(`receive: killed while bytes come, final names hold whole files (${flavour})`, {
    skip: needs(flavours[flavour]),
  }, async () => {
    const chance = seeded(7);
    const dest = workspace();
    fs.mkdirSync(join(dest, 'a'));
    for (const name of names.slice(0, 30)) fs.writeFileSync(join(dest, 'a', name), old(name));
    for (let round = 0; round < 6; round++) {
      await killed(flavour, dest, { bytes: chance.next().value });
      isSound(dest);
      await swept(dest);
    }
  });
}

async function swept(dest: string): Promise<void> {
  const { tools: _, ...there } = await far(workspace(), 'GNU');
  await runFar(there, sweep(Buffer.from(dest), '.difpipe-test-', '.difpipe-other'), '');
  assert.equal(fs.existsSync(join(dest, stage)), false);
}

test('receive: killed at any rename, final names hold whole files, and once more is all', {
  skip: needs('strace'),
}, async () => {
  const { tools, path } = await far(workspace(), 'GNU');
  const script = receiver('.', tools);
  const stream = Buffer.concat(placesStream(stage, wanted()));
  const { spawn } = await import('node:child_process');
  let fired = 0;
  for (const [call, when] of [
    ['renameat', 1],
    ['renameat', 17],
    ['renameat2', 1],
    ['renameat2', 44],
    ['mkdir', 1],
    ['openat', 90],
  ] as const) {
    const dest = workspace();
    fs.mkdirSync(join(dest, 'a'));
    for (const name of names.slice(0, 30)) fs.writeFileSync(join(dest, 'a', name), old(name));
    const trace = ['-f', '-qq', '-o', '/dev/null', '-e', `inject=${call}:signal=KILL:when=${when}`];
    const words = ['sh', '-c', script.script, 'sh', ...script.args.map((arg) => Buffer.from(arg).toString())];
    const child = spawn('strace', [...trace, ...words], { cwd: dest, env: { PATH: path } });
    const end = ended(child);
    await pipeline([stream], child.stdin).catch(() => undefined);
    const { status, stdout, stderr } = await end;
    isSound(dest);
    const answer = { code: status ?? undefined, stdout, complaint: stderr };
    const isAll = isDone(answer);
    if (!isAll) fired++;
    assert.equal(isAll && (await shell(dest, 'cat a/* ./dir-* | wc -c')) !== total, false, `${call} ${when}`);
  }
  assert.ok(fired >= 4, 'most faults fire');
});

const total = `${[...names, ...names].reduce((sum, name) => sum + fresh(name).length, 0)}\n`;

function isDone(answer: Parameters<typeof readReceived>[0]): boolean {
  try {
    return readReceived(answer).length === 0;
  } catch {
    return false;
  }
}
