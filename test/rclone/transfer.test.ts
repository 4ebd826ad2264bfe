import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ordinary } from '../far/tree.ts';
import { needs } from '../peer.ts';
import { failures, strays } from '../survive/program.ts';
import { type Ground, ground, serving } from './ground.ts';
import { programs } from './remotes.ts';

/** Bytes, modes and times of files, and the names of directories; a line for each difference. */
function differences(source: string, dest: string): string {
  const words = ['-rltgoDni', '--omit-dir-times', '--checksum', '--delete', `${source}/`, `${dest}/`];
  return spawnSync('rsync', words, { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line !== '' && !/^\.d\.+p\.+ /.test(line))
    .join('\n');
}

const odd = [
  '-rf',
  '--delete',
  'new\nline',
  '$(touch pwned)',
  ' blank ',
  '*',
  "'",
  'ünï',
  '#x',
  'a␊b',
  '%41',
];

function everything({ source }: Ground): void {
  ordinary(source, { files: 60, largeMiB: 3 });
  fs.mkdirSync(join(source, 'empty'));
  fs.mkdirSync(join(source, 'odd'));
  for (const name of odd) fs.writeFileSync(join(source, 'odd', name), name);
  fs.writeFileSync(join(source, 'nothing in it'), '');
  fs.chmodSync(join(source, 'odd/-rf'), 0o640);
  fs.utimesSync(join(source, 'odd/#x'), 7, 12_345.678);
}

describe('difpipe transfer through rclone', { skip: needs('rclone', 'current-rclone', 'rsync') }, () => {
  for (const [name, program] of Object.entries(programs)) {
    test(`a tree goes to an encrypted remote and back unchanged, and moves once, with ${name}`, async () => {
      await using here = ground(program);
      everything(here);
      const there = await here.runTo(0, ['transfer', here.source, 'secret:a tree']);
      assert.equal(there.summary!.tally.copied, 73);
      assert.equal(here.check(here.source, 'secret:a tree'), '');
      const again = await here.runTo(0, ['transfer', here.source, 'secret:a tree']);
      assert.deepEqual([again.summary!.tally.copied, again.summary!.tally.skipped], [0, 73]);
      await here.runTo(0, ['transfer', '--verify', 'secret:a tree', here.back]);
      assert.equal(differences(here.source, here.back), '');
      await here.runTo(0, ['verify', '--checksum', here.source, 'secret:a tree']);
      assert.deepEqual(serving(here), []);
      assert.deepEqual(strays(here.path), []);
    });
  }

  for (const kind of ['webdav', 'sftp', 's3'] as const) {
    test(`a tree goes to ${kind} and back, and what changed is replaced`, async () => {
      await using here = ground(programs['a current rclone']);
      ordinary(here.source, { files: 25, largeMiB: 2 });
      await here.serve(kind);
      fs.mkdirSync(join(here.disk, 'tree')); // a bucket, where there are some
      await here.runTo(0, ['transfer', here.source, `${kind}:tree`]);
      fs.writeFileSync(join(here.source, 'd1/f1'), 'is new');
      const { summary } = await here.runTo(0, ['transfer', here.source, `${kind}:tree`]);
      assert.deepEqual([summary!.tally.copied, summary!.tally.skipped], [1, 25]);
      assert.equal(here.check(here.source, join(here.disk, 'tree')), '');
      await here.runTo(0, ['transfer', `${kind}:tree`, here.back]);
      assert.equal(here.check(here.source, here.back), '');
      assert.deepEqual(strays(here.path), []);
    });
  }

  test('what cannot go is named, and the rest goes', async () => {
    await using here = ground('rclone');
    fs.writeFileSync(Buffer.concat([Buffer.from(`${here.source}/caf`), Buffer.from([0xe9])]), 'x');
    fs.symlinkSync('file', join(here.source, 'link'));
    fs.writeFileSync(join(here.source, 'file'), 'x');
    for (const more of [['--dry-run'], []]) {
      const ended = await here.runTo(3, ['transfer', ...more, here.source, 'disk:']);
      assert.equal(ended.summary!.tally.copied, 1);
      assert.deepEqual([...failures(ended).keys()].length, 2);
      assert.match([...failures(ended).values()].join('\n'), /name is not valid UTF-8/);
    }
    assert.deepEqual(fs.readdirSync(here.disk), ['file']);
  });

  test('a remote whose name could be of a host is the remote, also to who tries again', async () => {
    await using here = ground(programs['a current rclone']);
    fs.appendFileSync(here.config, `\n[box@home.lan]\ntype = alias\nremote = ${here.disk}\n`);
    everything(here);
    fs.writeFileSync(Buffer.from(`${here.source}/caf\xe9`, 'latin1'), 'no UTF-8');
    const { summary } = await here.runTo(3, ['transfer', here.source, 'box@home.lan:tree']);
    assert.ok(fs.existsSync(join(here.disk, 'tree/odd/-rf')));
    const again = await here.runTo(3, ['runs', 'retry', summary!.run]);
    assert.match([...failures(again).values()].join('\n'), /^.*name is not valid UTF-8.*$/);
  });

  test('one file goes in and out by its name', async () => {
    await using here = ground('rclone');
    fs.writeFileSync(join(here.source, 'one'), '1');
    await here.runTo(0, ['transfer', join(here.source, 'one'), 'disk:into/']);
    await here.runTo(0, ['transfer', join(here.source, 'one'), 'disk:other']);
    await here.runTo(0, ['transfer', 'disk:into/one', here.back]);
    assert.deepEqual(
      ['into/one', 'other'].map((at) => fs.readFileSync(join(here.disk, at), 'utf8')),
      ['1', '1'],
    );
    assert.equal(fs.readFileSync(here.back, 'utf8'), '1');
    const { said } = await here.runTo(0, ['ls', 'disk:into/one']);
    assert.deepEqual(
      said.map(({ path, size, modified }) => [path, size, typeof modified]),
      [['', 1, 'string']],
    );
  });

  test('a dry run lists what the run then does, and writes nothing', async () => {
    await using here = ground('rclone');
    ordinary(here.source, { files: 5 });
    const dry = await here.runTo(0, ['transfer', '--dry-run', here.source, 'disk:new']);
    assert.deepEqual(fs.readdirSync(here.disk), []);
    const { summary } = await here.runTo(0, ['transfer', here.source, 'disk:new']);
    assert.equal(dry.summary!.tally.copied, summary!.tally.copied);
  });
});
