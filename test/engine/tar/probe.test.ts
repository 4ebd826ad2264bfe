import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probe, readProbe } from '../../../src/engine/tar/host/probe.ts';
import { send } from '../../../src/engine/tar/host/send.ts';
import { needs } from '../../peer.ts';
import { workspace } from '../run.ts';
import { type Flavour, far, flavours, receiver, runFar, startFar } from './far.ts';

test('probe: GNU tar is known by what it can do', async () => {
  const { tools } = await far(workspace(), 'GNU');
  const { tar } = tools;
  assert.deepEqual(
    [tar?.nulList, tar?.noRecursion, tar?.pax, tar?.paxOptions, tar?.xattrsInclude],
    Array(5).fill(true),
  );
  assert.equal(tar?.noReadSparse, false);
  assert.deepEqual([tools.nul, tools.findPrintf, tools.stat, tools.mvNoClobber], [true, true, 'c', true]);
  assert.deepEqual([tools.uid, tools.gid], [process.getuid!(), process.getgid!()]);
  assert.ok(tools.cpus > 0);
  assert.match(tools.tarVersion, /GNU/);
});

test('probe: BSD tar is known by what it can do', { skip: needs('bsdtar') }, async () => {
  const { tools } = await far(workspace(), 'BSD');
  const { tar } = tools;
  assert.deepEqual(
    [tar?.nulList, tar?.noRecursion, tar?.pax, tar?.acls, tar?.noReadSparse],
    Array(5).fill(true),
  );
  assert.deepEqual([tar?.paxOptions, tar?.xattrsInclude, tar?.quietAboutTimes], [false, false, false]);
});

test('probe: busybox is known by what it cannot do', { skip: needs('busybox') }, async () => {
  const { tools } = await far(workspace(), 'busybox');
  const { tar } = tools;
  assert.deepEqual([tar?.nulList, tar?.pax, tar?.xattrs, tar?.acls], Array(4).fill(false));
  assert.deepEqual([tar?.noRecursion, tar?.numericOwner, tools.nul, tools.zstd], [true, true, true, false]);
});

test('probe: without tar there is none, and batches are refused', async () => {
  const { tools } = await far(workspace(), 'GNU');
  const bare = { ...tools, tar: undefined };
  assert.throws(() => send({ root: Buffer.from('/'), squeeze: 'none', tools: bare }), {
    kind: 'unsupported',
  });
  assert.throws(() => receiver('/', bare), { kind: 'unsupported' });
});

test('probe: all answers come at once, in few packets', async () => {
  const far = startFar({ path: process.env.PATH!, user: undefined }, probe());
  let pieces = 0;
  for await (const _ of far.stdout) pieces++;
  assert.equal(pieces, 1);
});

test('probe: what the login shell says before is passed over; no answer is said', async () => {
  const { stdout } = await runFar({ path: process.env.PATH!, user: undefined }, probe(), '');
  const { tarVersion } = readProbe(Buffer.concat([Buffer.from('Welcome!\nuid=5\0\n'), stdout]));
  assert.match(tarVersion, /GNU/);
  for (const said of [
    Buffer.alloc(0),
    Buffer.from('This service allows sftp connections only.\n'),
    stdout.subarray(0, -5),
  ])
    assert.throws(() => readProbe(said), { kind: 'unsupported' });
});

test('scripts: no character that a login shell could read its own way', async () => {
  for (const flavour of Object.keys(flavours) as Flavour[]) {
    if (needs(flavours[flavour])) continue;
    const { tools } = await far(workspace(), flavour);
    for (const squeeze of ['none', 'gzip', 'zstd'] as const) {
      const how = { root: Buffer.from('x'), tools, squeeze };
      const { script, args } = receiver('x', tools, { squeeze, durable: true });
      for (const text of [probe().script, send(how).script, script, ...args.map(String)])
        assert.doesNotMatch(text, /['!\n]|\\\\/);
    }
  }
});

for (const shell of ['zsh', 'fish', 'bash', 'csh', 'busybox']) {
  test(`scripts: ${shell} as the login shell hands them on`, { skip: needs(shell) }, async () => {
    const { execFileSync } = await import('node:child_process');
    const words = shell === 'busybox' ? ['sh'] : [];
    const stdout = execFileSync(shell, [...words, '-c', `sh -c '${probe().script}' sh`]);
    assert.ok(readProbe(stdout).tar);
  });
}
