import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { probe, readProbe } from '../../../src/engine/tar/host/probe.ts';
import { readReceived } from '../../../src/engine/tar/host/received.ts';
import { sweep } from '../../../src/engine/tar/host/sweep.ts';
import type { TransferError } from '../../../src/errors.ts';
import { listing } from '../../judge.ts';
import { needs } from '../../peer.ts';
import { mounted } from '../../survive/ground.ts';
import { shell, workspace } from '../run.ts';
import { type Flavour, far, flavours, receiver, runFar, stage } from './far.ts';
import { placesStream } from './places.ts';

type Wanted = Parameters<typeof placesStream>[1];
type How = {
  readonly user?: number;
  readonly cutAt?: number;
  readonly durable?: boolean;
  readonly hasProc?: boolean;
  /** a directory of programs that it finds before all others */
  readonly bin?: string;
};

async function put(
  flavour: Flavour,
  dest: string,
  wanted: Wanted,
  { user, cutAt, durable = false, hasProc = true, bin }: How = {},
) {
  const { tools, ...plain } = await far(workspace(), flavour, user);
  const there = bin === undefined ? plain : { ...plain, path: `${bin}:${plain.path}` };
  const { seesShell } = readProbe((await runFar(there, probe(), '')).stdout);
  const seen = { ...tools, seesShell: seesShell && hasProc };
  const { script, args } = receiver(dest, seen, { durable });
  const stream = Buffer.concat(placesStream(stage, wanted)).subarray(0, cutAt);
  const { status, stdout, stderr } = await runFar(
    there,
    { script: hasProc ? script : script.replaceAll('/proc/', '/none/'), args },
    stream,
  );
  return { code: status ?? undefined, stdout, complaint: stderr };
}

const named = (answer: Awaited<ReturnType<typeof put>>) =>
  readReceived(answer).map(({ place, path, kind }) => `${place} ${Buffer.from(path)} ${kind}`);
const left = async (dest: string) =>
  (await listing(dest, '')).map((line) => line.slice(2, -1)).filter(Boolean);
const read = (...at: string[]) => fs.readFileSync(join(...at), 'latin1');

for (const flavour of ['GNU', 'BSD', 'busybox'] as const) {
  const skip = needs(flavours[flavour]);

  test(`receive: what may be replaced is, what a rival took is his (${flavour})`, { skip }, async () => {
    const dest = workspace();
    await shell(dest, 'mkdir -p a/b; echo old >a/old; echo rival >a/b/taken; mkdir -p a/b/dir/full');
    const answer = await put(flavour, dest, [
      { dir: 'a', replaces: true, files: { old: 'new' } },
      { dir: 'a/b', replaces: false, files: { taken: 'ours', free: 'ours', 'dir/x': 'ours' } },
    ]);
    assert.deepEqual(named(answer), ['1 dir conflict', '1 taken conflict']);
    assert.equal(read(dest, 'a/old'), 'new');
    assert.equal(read(dest, 'a/b/taken'), 'rival\n');
    assert.equal(read(dest, 'a/b/free'), 'ours');
    assert.equal(fs.existsSync(join(dest, stage)), false);
  });

  test(`receive: a symlink where a place was is not entered (${flavour})`, { skip }, async () => {
    const dest = workspace();
    await shell(dest, 'mkdir in out; mkdir out/b; ln -s ../out in/a; ln -s out/b c');
    const answer = await put(flavour, join(dest, 'in'), [
      { dir: 'a', replaces: false, files: { x: 'ours' } },
      { dir: 'a/b', replaces: false, files: { y: 'ours' } },
      { dir: '', replaces: false, files: { z: 'ours' } },
    ]);
    assert.deepEqual(named(answer).sort(), ['0 x refused', '1 y refused']);
    assert.deepEqual(await left(dest), ['c', 'in', 'in/a', 'in/z', 'out', 'out/b']);
  });

  test(`receive: a stream cut off anywhere leaves nothing (${flavour})`, { skip }, async () => {
    const dest = workspace();
    const wanted = [{ dir: '', replaces: false, files: { a: 'a'.repeat(3000), b: 'b' } }];
    const whole = Buffer.concat(placesStream(stage, wanted)).length;
    for (const cutAt of [0, 512, 1000, 4096, whole - 1024 - 1024, whole - 1024 - 512 - 100]) {
      const answer = await put(flavour, dest, wanted, { cutAt });
      assert.throws(() => readReceived(answer), { kind: 'transient' });
      assert.deepEqual(await left(dest), [], `cut at ${cutAt}`);
    }
  });

  test(`receive: a full disk leaves nothing, and is said (${flavour})`, {
    skip: needs('loop', flavours[flavour]),
  }, async () => {
    const disk = workspace();
    using _ = mounted(disk, '-t', 'tmpfs', '-o', 'size=8m', 'none');
    const files = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`f${i}`, String(i).repeat(700_000)]),
    );
    const dest = join(disk, 'dest');
    fs.mkdirSync(dest);
    const answer = await put(flavour, dest, [{ dir: '', replaces: false, files }]);
    assert.throws(() => readReceived(answer), { kind: 'full' });
    assert.deepEqual(await left(dest), []);
  });
}

test('receive: a host without /proc', async () => {
  const dest = workspace();
  await shell(dest, 'mkdir -p a/b; echo old >a/b/old; echo rival >taken');
  const files = Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`f ${at}`, `${at}`]));
  const wanted = [
    { dir: 'a/b', replaces: true, files: { old: 'new' } },
    { dir: 'a/b', replaces: false, files },
    { dir: '', replaces: false, files: { taken: 'ours' } },
  ];
  assert.deepEqual(named(await put('GNU', dest, wanted, { hasProc: false })), ['2 taken conflict']);
  assert.equal(read(dest, 'a/b/old'), 'new');
  for (const [name, content] of Object.entries(files)) assert.equal(read(dest, 'a/b', name), content);
  assert.deepEqual(fs.readdirSync(dest).sort(), ['a', 'taken']);
});

test('receive: a host where what its shell starts may not look at the shell', {
  skip: needs('root'),
}, async () => {
  const dest = workspace();
  const bin = workspace('disk');
  await shell(dest, 'chmod 777 .');
  fs.copyFileSync('/bin/sh', join(bin, 'sh'));
  fs.chmodSync(join(bin, 'sh'), 0o2755); // of a set-group-id program nobody sees where it is
  const wanted = [{ dir: '', replaces: false, files: { a: 'a', b: 'b' } }];
  assert.deepEqual(named(await put('GNU', dest, wanted, { user: 1234, bin })), []);
  assert.deepEqual(await left(dest), ['a', 'b']);
});

test('receive: what could not be removed at first is removed at last', async () => {
  const dest = workspace();
  const bin = workspace();
  const script = `#!/bin/sh\nmkdir '${bin}/failed' 2>/dev/null && exit 1\nPATH=\${PATH#*:}\nexec rm "$@"\n`;
  fs.writeFileSync(join(bin, 'rm'), script, { mode: 0o755 });
  const answer = await put('GNU', dest, [{ dir: '', replaces: false, files: { a: 'a' } }], { bin });
  assert.deepEqual(named(answer), []);
  assert.equal(fs.existsSync(join(bin, 'failed')), true);
  assert.deepEqual(await left(dest), ['a']);
});

test('receive: what the disk does not take is named, the rest arrives', { skip: needs('root') }, async () => {
  const dest = workspace();
  await shell(dest, 'mkdir open shut; chmod 777 . open; chmod 555 shut; echo old >shut/old');
  const wanted = [
    { dir: 'open', replaces: false, files: { a: 'a' } },
    { dir: 'shut', replaces: false, files: { b: 'b' } },
    { dir: 'shut', replaces: true, files: { old: 'new' } },
  ];
  const answer = await put('GNU', dest, wanted, { user: 1234 });
  assert.deepEqual(named(answer).sort(), ['1 b denied', '2 old denied']);
  assert.deepEqual(await left(dest), ['open', 'open/a', 'shut', 'shut/old']);
  assert.equal(read(dest, 'shut/old'), 'old\n');
});

test('receive: a member that tar cannot make is named, the rest arrives', {
  skip: needs('root', 'strace'),
}, async () => {
  const dest = workspace();
  const files = { good: 'good', bad: 'bad', [`${'x'.repeat(256)}`]: 'too long', last: 'last' };
  const answer = await put('GNU', dest, [{ dir: '', replaces: false, files }]);
  assert.deepEqual(named(answer), [`0 ${'x'.repeat(256)} unsupported`]);
  assert.deepEqual(await left(dest), ['bad', 'good', 'last']);
});

test('receive: what is for another file system is left, the rest arrives', {
  skip: needs('loop'),
}, async () => {
  const dest = workspace();
  using _ = mounted(join(dest, 'mounted'), '-t', 'tmpfs', 'none');
  const answer = await put('GNU', dest, [
    { dir: 'mounted', replaces: false, files: { a: 'a' } },
    { dir: '', replaces: false, files: { b: 'b' } },
  ]);
  assert.deepEqual(named(answer), ['0 a conflict']);
  assert.deepEqual(await left(dest), ['b', 'mounted']);
});

test('receive: no root, no right to it, noise before the answer', { skip: needs('root') }, async () => {
  const dest = workspace();
  const wanted = [{ dir: '', replaces: false, files: { a: 'a' } }];
  const kindOf = async (answer: ReturnType<typeof put>) => {
    try {
      readReceived(await answer);
      return undefined;
    } catch (error) {
      return (error as TransferError).kind;
    }
  };
  assert.equal(await kindOf(put('GNU', join(dest, 'none'), wanted)), 'missing');
  assert.equal(await kindOf(put('GNU', dest, wanted, { user: 1234 })), 'denied');
  const answer = await put('GNU', dest, wanted, { durable: true });
  assert.deepEqual(
    readReceived({ ...answer, stdout: Buffer.concat([Buffer.from('motd\n\0done\0'), answer.stdout]) }),
    [],
  );
  assert.throws(() => readReceived({ ...answer, stdout: Buffer.from('motd\n\0done\0') }), {
    kind: 'transient',
  });
});

test('receive: hostile roots, and names in every place', async () => {
  const here = workspace();
  for (const root of ["it's", '$(touch pwned)', '-rf', 'new\nline\n', '*', '\\', '\xff\xfe'].map((name) =>
    Buffer.from(name, 'latin1'),
  )) {
    const dest = Buffer.concat([Buffer.from(`${here}/`), root]);
    fs.mkdirSync(dest);
    fs.mkdirSync(Buffer.concat([dest, Buffer.from('/a b\n-c')]));
    const { tools, ...there } = await far(here, 'GNU');
    const script = receiver(dest, tools);
    const stream = placesStream(stage, [{ dir: 'a b\n-c', replaces: false, files: { '-n\n$(x)': 'ours' } }]);
    const { status, stdout, stderr } = await runFar(there, script, stream);
    assert.deepEqual(readReceived({ code: status ?? undefined, stdout, complaint: stderr }), [], stderr);
    assert.deepEqual(fs.readdirSync(Buffer.concat([dest, Buffer.from('/a b\n-c')])), ['-n\n$(x)']);
  }
});

test('sweep: takes away what killed runs left, and nothing else', async () => {
  const dest = workspace();
  await shell(
    dest,
    'mkdir -p .difpipe-tag-old-1/n0/x .difpipe-tag-new-1 .difpipe-other-1 d; ln -s d .difpipe-tag-old-2',
  );
  const { tools: _, ...there } = await far(dest, 'GNU');
  const { status } = await runFar(there, sweep(Buffer.from(dest), '.difpipe-tag-', '.difpipe-tag-new-'), '');
  assert.equal(status, 0);
  assert.deepEqual(fs.readdirSync(dest).sort(), [
    '.difpipe-other-1',
    '.difpipe-tag-new-1',
    '.difpipe-tag-old-2',
    'd',
  ]);
});
