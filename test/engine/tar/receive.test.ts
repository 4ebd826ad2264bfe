import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readReceived } from '../../../src/engine/tar/host/received.ts';
import { judge, listing } from '../../judge.ts';
import { needs } from '../../peer.ts';
import { type Tree, trees } from '../../trees.ts';
import { shell, workspace } from '../run.ts';
import { treeStream } from './batch.ts';
import { type Flavour, far, flavours, receiver, runFar, stage } from './far.ts';

async function roundTrip(flavour: Flavour, tree: Tree) {
  const here = workspace();
  const [source, dest] = [join(here, 'from'), join(here, 'to')];
  for (const path of [source, dest]) fs.mkdirSync(path);
  await tree.make(source);
  await shell(source, 'find . -type s -delete'); // no tar takes them
  // libarchive and GNU tar do not mean the same by a time before 1970 with a fraction
  if (flavour === 'BSD') await shell(source, 'find . ! -newermt @0 -type l -exec touch -hd @1.5 {} +');
  const { tools, ...rest } = await far(here, flavour);
  const script = receiver(dest, tools);
  const { status, stdout, stderr } = await runFar(rest, script, [...treeStream(source, stage, tools)]);
  return {
    source,
    dest,
    stderr,
    failed: readReceived({ code: status ?? undefined, stdout, complaint: stderr }),
  };
}

const large = ['exactly 64 MiB', '64 MiB and one more', '130 MiB of data', 'sparse files'];

for (const [name, tree] of Object.entries(trees as Record<string, Tree>)) {
  if (large.includes(name)) continue;
  test(`receive: ${name}, as it was`, { skip: needs('rsync', 'root', ...tree.needs) }, async () => {
    const { source, dest, failed, stderr } = await roundTrip('GNU', tree);
    assert.equal(await judge(source, dest), '', stderr);
    assert.deepEqual(failed, []);
    assert.equal(stderr, '');
  });
}

/** What busybox keeps of links that are symbolic: neither owner nor time. */
const busybox = (line: string) => line.replace(/ l 777 .*/s, '');
for (const flavour of ['BSD', 'busybox'] as const) {
  for (const name of [
    'hostile names',
    'modes',
    'owners and groups',
    'hard links',
    'symlinks of every kind',
    '300 levels',
  ] as const) {
    test(`receive: ${name}, with the tar of ${flavour}`, {
      skip: needs('rsync', 'root', flavours[flavour]),
    }, async () => {
      const { source, dest, failed, stderr } = await roundTrip(flavour, trees[name]);
      const seen = async (root: string) => (await listing(root, '%y %m %U %G %s %l %Ts')).map(busybox);
      if (flavour === 'BSD') assert.equal(await judge(source, dest), '', stderr);
      assert.deepEqual(await seen(dest), await seen(source), stderr);
      assert.deepEqual(failed, []);
    });
  }
}

for (const [flavour, program] of Object.entries(flavours) as [Flavour, string][])
  test(`receive: what follows the end of a stream is read, by ${flavour}`, {
    skip: needs(program, 'root'),
  }, async () => {
    const here = workspace();
    const [source, dest] = [join(here, 'from'), join(here, 'to')];
    for (const path of [source, dest]) fs.mkdirSync(path);
    fs.writeFileSync(join(source, 'file'), 'x');
    const { tools, ...rest } = await far(here, flavour);
    const script = receiver(dest, tools);
    assert.equal(script.script.includes('-b 128'), flavour === 'GNU');
    const input = async function* () {
      yield* treeStream(source, stage, tools);
      for (let n = 0; n < 64; n++) yield Buffer.alloc(65_536);
      over = true;
    };
    let over = false;
    const { status, stdout, stderr } = await runFar(rest, script, input());
    assert.deepEqual(readReceived({ code: status ?? undefined, stdout, complaint: stderr }), []);
    assert.ok(over);
  });
