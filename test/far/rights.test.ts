import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { failures } from '../survive/program.ts';
import { differences, far, ways } from './ground.ts';
import { ordinary } from './tree.ts';

// Files that the far user, who is no root, may not read or replace.

const as = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
const asNobody = `ForceCommand exec ${as} sh -c "$SSH_ORIGINAL_COMMAND"`;
const skip = needs('sshd', 'rsync', 'root', 'setpriv');

const cases = [
  ['from a host', 'tar', 1],
  ['from a host', 'tar', 400],
  ['from a host', 'rsync', 1],
  ['from a host', 'rsync', 400],
  ['from host to host', 'tar', 1],
] as const;

describe('of a thousand files', { skip, concurrency: 2 }, () => {
  for (const [name, strategy, many] of cases)
    test(`${many} that may not be read are named by ${strategy} ${name}, the others arrive`, async () => {
      await using here = await far({ options: [asNobody] });
      ordinary(here.source, { files: 1000 });
      const closed = Array.from({ length: many }, (_, at) => `d${at % 25}/f${at}`);
      for (const path of closed) fs.chmodSync(join(here.source, path), 0);
      fs.mkdirSync(here.dest, { mode: 0o777 });
      fs.chmodSync(here.dest, 0o777);
      const ended = await here.runTo(3, ['transfer', '--strategy', strategy, ...ways[name]!(here)]);
      const failed = failures(ended);
      assert.deepEqual([...failed.keys()].sort(), closed.toSorted());
      assert.deepEqual(
        [...failed.values()].filter((why) => !why.startsWith('denied: ')),
        [],
      );
      assert.equal(ended.summary!.tally.copied, 1000 - many);
      assert.deepEqual(
        differences(here.source, here.dest)
          .filter((line) => !line.startsWith('.')) // owners stay his
          .sort(),
        closed.map((path) => `>f+++++++++ ${path}`).sort(),
      );
    });
});

test('a source on a host that may not be listed is told', { skip }, async () => {
  await using here = await far({ options: [asNobody] });
  ordinary(here.source, { files: 5 });
  fs.chmodSync(here.source, 0o700);
  const { stderr } = await here.runTo(1, ['transfer', here.url(here.source), here.dest]);
  assert.match(stderr, /cannot list .*permission denied/);
  assert.ok(!fs.existsSync(here.dest));
});

test("what goes into a far directory that is not the user's is named, and the others arrive", {
  skip,
}, async () => {
  await using here = await far({ options: [asNobody] });
  ordinary(here.source, { files: 500 });
  fs.mkdirSync(join(here.dest, 'd3'), { recursive: true });
  fs.writeFileSync(join(here.dest, 'd3/f28'), 'old');
  fs.chownSync(here.dest, 65534, 65534);
  const ended = await here.runTo(3, ['transfer', '--strategy', 'tar', here.source, here.url(here.dest)]);
  const failed = failures(ended);
  assert.deepEqual(
    [...failed.keys()].sort(),
    fs
      .readdirSync(join(here.source, 'd3'))
      .map((name) => `d3/${name}`)
      .sort(),
  );
  assert.ok([...failed.values()].every((why) => why.startsWith('denied: cannot write root@')));
  assert.deepEqual(fs.readdirSync(join(here.dest, 'd3')), ['f28']);
  assert.equal(fs.readFileSync(join(here.dest, 'd3/f28'), 'utf8'), 'old');
  assert.equal(ended.summary!.tally.copied, 480);
});

for (const strategy of ['parallel', 'tar'])
  test(`what a list names below far directories that may not be written to is made by ${strategy}`, {
    skip,
  }, async () => {
    await using here = await far({ options: [asNobody] });
    const ro = join(here.source, 'ro');
    fs.mkdirSync(join(ro, 'sub'), { recursive: true });
    fs.writeFileSync(join(ro, 'sub/f'), 'f');
    for (const dir of [join(ro, 'sub'), ro]) fs.chmodSync(dir, 0o555);
    fs.mkdirSync(join(here.dest, 'ro'), { recursive: true });
    for (const dir of [join(here.dest, 'ro'), here.dest]) fs.chownSync(dir, 65534, 65534);
    fs.chmodSync(join(here.dest, 'ro'), 0o555);
    const list = join(here.path, 'list');
    fs.writeFileSync(list, 'ro/sub/f\n');
    const words = ['--strategy', strategy, '--files-from', list, here.source, here.url(here.dest)];
    await here.runTo(0, ['transfer', ...words]);
    assert.equal(fs.readFileSync(join(here.dest, 'ro/sub/f'), 'utf8'), 'f');
    for (const dir of ['ro', 'ro/sub']) assert.equal(fs.statSync(join(here.dest, dir)).mode & 0o777, 0o555);
  });

for (const strategy of ['parallel', 'tar', 'auto'])
  test(`what lanes make side by side below far directories that may not be written to arrives by ${strategy}`, {
    skip,
  }, async () => {
    await using here = await far({ options: [asNobody] });
    const numbers = (many: number) => [...Array(many).keys()];
    const dirs = numbers(6).flatMap((p) => [`p${p}`, `p${p}/q`, ...numbers(16).map((d) => `p${p}/q/d${d}`)]);
    const names = dirs.map((dir) => `${dir}/f`);
    for (const [at, dir] of dirs.entries()) {
      fs.mkdirSync(join(here.source, dir));
      fs.writeFileSync(join(here.source, names[at]!), 'f');
    }
    for (const dir of dirs.toReversed()) {
      fs.chmodSync(join(here.source, dir), 0o555);
      fs.utimesSync(join(here.source, dir), 1e9, 1e9);
    }
    fs.mkdirSync(here.dest);
    fs.chownSync(here.dest, 65534, 65534);
    for (const p of numbers(6)) {
      fs.mkdirSync(join(here.dest, `p${p}`), { mode: 0o555 });
      fs.chownSync(join(here.dest, `p${p}`), 65534, 65534);
    }
    for (const root of [here.source, here.dest]) fs.utimesSync(root, 1e9, 1e9); // nothing in them is made
    const list = join(here.path, 'list');
    const listed = names.filter((name) => name.includes('/d'));
    fs.writeFileSync(list, listed.map((name) => `${name}\n`).join(''));
    const words = ['--strategy', strategy, '--files-from', list, here.source, here.url(here.dest)];
    const ended = await here.run(['transfer', ...words]);
    assert.deepEqual([...failures(ended)], []);
    assert.equal(ended.status, 0);
    const left = differences(here.source, here.dest).filter((line) => !/^\..\.{4}og\.{3} /.test(line));
    assert.deepEqual(
      left.sort(),
      names
        .filter((name) => !name.includes('/d'))
        .map((name) => `>f+++++++++ ${name}`)
        .sort(),
    );
  });

for (const more of [[], ['--exclude', '/none']])
  test(`far directories that may not be listed are named, and the others arrive ${more.join(' ')}`, {
    skip,
  }, async () => {
    await using here = await far({ options: [asNobody] });
    ordinary(here.source, { files: 200 });
    const modes = [0o700, 0o711, 0o100, 0];
    const closed = modes.map((_, at) => `d${at}`);
    for (const [at, mode] of modes.entries()) fs.chmodSync(join(here.source, `d${at}`), mode);
    const ended = await here.runTo(3, ['transfer', ...more, here.url(here.source), here.dest]);
    const failed = failures(ended);
    assert.deepEqual([...failed.keys()].sort(), closed);
    for (const [dir, why] of failed) assert.match(why, new RegExp(`^denied: cannot list .*/${dir}: `));
    assert.equal(ended.summary!.tally.copied, 200 - closed.length * 8);
  });

for (const way of ['from a host', 'from host to host'])
  test(`a far directory whose names alone may be read is named, and not taken for empty, ${way}`, {
    skip,
  }, async () => {
    await using here = await far({ options: [asNobody] });
    ordinary(here.source, { files: 200 });
    fs.mkdirSync(here.dest);
    fs.chownSync(here.dest, 65534, 65534);
    for (const dir of ['d1', 'd2']) fs.chmodSync(join(here.source, dir), 0o744);
    const ended = await here.runTo(3, ['transfer', ...ways[way]!(here)]);
    const failed = failures(ended);
    assert.deepEqual([...failed.keys()].sort(), ['d1', 'd2']);
    for (const why of failed.values()) assert.match(why, /^denied: cannot list .*: permission denied/);
    assert.equal(ended.summary!.tally.copied, 200 - 2 * 8);
  });

for (const more of [[], ['--no-preserve', 'owner']])
  test(`new directories that may not be written to arrive on a host, and nothing of ours stays ${more.join(' ')}`, {
    skip,
  }, async () => {
    await using here = await far({ options: [asNobody] });
    ordinary(here.source, { files: 100 });
    const closed = [
      ['d1', 0o555],
      ['d2', 0o500],
      ['d3', 0o444],
      ['d4', 0],
    ] as const;
    fs.mkdirSync(join(here.source, 'd1/in'));
    fs.writeFileSync(join(here.source, 'd1/in/f'), 'f');
    for (const [dir, mode] of [['d1/in', 0o555] as const, ...closed])
      fs.chmodSync(join(here.source, dir), mode);
    fs.mkdirSync(here.dest);
    fs.chownSync(here.dest, 65534, 65534);
    await here.runTo(0, ['transfer', ...more, here.source, here.url(here.dest)]);
    const ownersOnly = /^\..\.{4}og\.{3} /;
    assert.deepEqual(
      differences(here.source, here.dest).filter((line) => !ownersOnly.test(line)),
      [],
    );
  });
