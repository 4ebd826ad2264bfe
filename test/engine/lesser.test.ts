import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { listing, touches } from '../judge.ts';
import { needs } from '../peer.ts';
import { assertStatus, failures, start, whileHeld } from '../survive/program.ts';
import { exfatAt, exfatPeers } from './exfat.ts';
import { transferOver } from './over.ts';
import { type Pair, pair, said } from './pair.ts';
import { run, workspace } from './run.ts';

// A destination that holds less.

const skip = needs(...exfatPeers, 'rsync', 'setfattr');

/** Runs with such a file system mounted at the destination. */
async function onExfat(script: string, check: (given: Pair) => Promise<void>): Promise<void> {
  const given = pair();
  await given.make(script);
  using _mounted = await exfatAt(given.dest);
  await check(given);
}

/** What each file holds, by its name as it is listed. */
async function filesIn(root: string): Promise<Map<string, string>> {
  const lines = await listing(root, '%y');
  const paths = lines.filter((line) => line.endsWith(' f')).map((line) => line.slice(2, -2));
  return new Map(
    paths.map((path) => [path, fs.readFileSync(Buffer.from(`${root}/${path}`, 'latin1'), 'utf8')]),
  );
}

/** What rsync would copy, if times are as near as that and nothing else counts. */
function contentsDiffer({ source, dest }: Pair): string {
  const flags = ['-nri', '--checksum', '--delete', '--size-only'];
  return spawnSync('rsync', [...flags, `${source}/`, `${dest}/`]).stdout.toString();
}

test('times that the destination cannot hold are said, and a second run moves nothing', async () => {
  const given = pair();
  const dest = join(workspace('disk'), 'to');
  const all = 'file dir link fifo big';
  await given.make(`echo x >file; mkdir dir; ln -s x link; mkfifo fifo; truncate -s 70M big; ln file hard
    for at in ${all}; do touch -hd @100000000000.5 $at; done; echo o >old; touch -d @-9999999999.5 old`);
  const ran = await run(join(given.here, 'state'), ['transfer', given.source, dest]);
  assert.equal(ran.status, 0, ran.stderr);
  const lost = [...(await listing(dest, '%T@'))].filter(
    (line) => !/ (100000000000|-9999999999)\.5/.test(line),
  );
  assert.equal(ran.summary!.notices.times ?? 0, lost.filter((line) => !/^\. |hard/.test(line)).length);
  const then = await touches(dest);
  const again = await run(join(given.here, 'state'), ['transfer', '-v', given.source, dest]);
  assert.deepEqual([again.status, said(again)], [0, []]);
  assert.deepEqual(await touches(dest), then);
});

describe('a destination that holds less', { skip }, () => {
  test('takes what it can, is complained of once per kind, and a second run moves nothing', async () => {
    const script = `
      mkdir -m 700 d d/e; echo a >a; echo b >d/b; chmod 640 a; chown 5:6 d/b; ln a d/hard; truncate -s 3M hole; truncate -s 66M big
      echo x | dd of=big seek=1M bs=1 conv=notrunc status=none; setfattr -n user.a -v b a; setfattr -n user.a -v b d
      touch -d @1000000001.5 a d/b d . hole; touch -d @1000000002 d/e big`;
    await onExfat(script, async (given) => {
      const first = await given.transfer();
      assert.equal(first.status, 0, first.stderr + JSON.stringify(first.failed));
      assert.equal(contentsDiffer(given), '');
      const { mode, owner, xattr, hardlink, sparse, clock } = first.summary!.notices;
      assert.deepEqual([owner, hardlink, sparse], [1, 1, 2]);
      assert.ok(mode! >= 7 && xattr! >= 2 && clock! >= 4, JSON.stringify(first.summary!.notices));
      const again = await given.transfer();
      assert.deepEqual([again.status, said(again)], [0, []]);
      const verified = await given.transfer(['--verify']);
      assert.deepEqual([verified.status, verified.differences], [0, []]);
      await given.make('echo new >d/b; touch -d @1000000020 d/b');
      assert.deepEqual(said(await given.transfer()), ['update d/b']);
    });
  });

  test('where cases collide, the first keeps the name, the others are named, and nothing is overwritten', async () => {
    const script = `
      mkdir d D d/in Sub; echo 1 >File; echo 22 >file; echo 333 >FILE; echo 4 >d/x; echo 5 >D/y; echo 6 >d/in/a; echo 77 >d/in/A
      echo 8 >Sub/plain; echo 9 >STRASSE; echo 10 >straße; echo 11 >É; echo 12 >é; ln Sub/plain Sub/Hard; ln Sub/plain Sub/hard`;
    await onExfat(script, async (given) => {
      const ran = await given.transfer();
      assert.equal(ran.status, 3, ran.stderr);
      assert.ok(
        ran.failed.every(({ kind }) => kind === 'refused'),
        JSON.stringify(ran.failed),
      );
      const failed = ran.failed.map(({ path }) => path);
      const [of, at] = [await filesIn(given.source), await filesIn(given.dest)];
      const isNamed = (path: string) => failed.some((name) => `${path}/`.startsWith(`${name}/`));
      for (const [path, text] of of) assert.equal(at.get(path), isNamed(path) ? undefined : text, path);
      assert.equal(at.size, [...of.keys()].filter((path) => !isNamed(path)).length);
      assert.ok(failed.length >= 6, JSON.stringify(failed));
      const then = await listing(given.dest, '%y %s %T@');
      const again = await given.transfer();
      assert.deepEqual([again.status, said(again)], [3, []]);
      assert.deepEqual(again.failed.map(({ path }) => path).sort(), [...failed].sort());
      assert.deepEqual(await listing(given.dest, '%y %s %T@'), then);
      const planned = await given.transfer(['--dry-run']);
      assert.deepEqual(planned.failed.map(({ path }) => path).sort(), [...failed].sort());
    });
  });

  test('directories of a list that collide in cases are named, and nothing is overwritten', async () => {
    const script = 'mkdir Docs docs; echo 1 >Docs/readme; echo 22 >docs/readme; echo 333 >docs/other';
    await onExfat(script, async (given) => {
      const input = 'Docs/readme\ndocs/readme\ndocs/other\n';
      for (let time = 0; time < 2; time++) {
        const { status, failed } = await given.transfer(['--files-from', '-'], { input });
        assert.equal(status, 3);
        assert.equal(failed.length, 1);
        assert.match(failed[0]!.path, /^docs$/i);
        const at = await filesIn(given.dest);
        assert.equal(at.size, at.has('docs/other') ? 2 : 1);
        for (const [path, text] of at)
          assert.equal(text, fs.readFileSync(join(given.source, path), 'utf8'), path);
      }
    });
  });

  test('a name that is taken meanwhile in another case is named, and not overwritten', async () => {
    const script = 'for at in $(seq 998); do head -c 50000 /dev/zero >f$at; done; echo ours >zz';
    await onExfat(script, async ({ source, dest, here }) => {
      const list = join(here, 'list');
      fs.writeFileSync(list, `${[...Array(998).keys()].map((at) => `f${at + 1}\n`).join('')}zz\n`);
      const running = start(join(here, 'state'), ['transfer', '--files-from', list, source, dest]);
      while (!fs.existsSync(join(dest, 'f1'))) await turn();
      await whileHeld(running, async () => fs.writeFileSync(join(dest, 'ZZ'), "a rival's"));
      const ended = await running.ended;
      assertStatus(3, ended);
      assert.match(failures(ended).get('zz')!, /does not tell upper from lower case, and it already has ZZ/);
      assert.equal(fs.readFileSync(join(dest, 'ZZ'), 'utf8'), "a rival's");
    });
  });

  test('times are kept of what comes by Stores, too', async () => {
    await onExfat('echo x >x; touch -d @1000000000 x', async ({ source, dest, here }) => {
      const { status, stderr } = await transferOver({ source, dest, state: join(here, 'state') });
      assert.equal(status, 0, stderr);
      assert.equal(fs.statSync(join(dest, 'x')).mtimeMs, 1e12);
    });
  });

  test('what it cannot hold at all is named, and nothing of it is left there', async () => {
    await onExfat('echo x >x; ln -s x link; mkfifo fifo; mkdir d; ln -s ../x d/link', async (given) => {
      for (let time = 0; time < 2; time++) {
        const ran = await given.transfer();
        assert.equal(ran.status, 3, ran.stderr);
        const failed = ran.failed.map(({ path }) => path).sort();
        assert.deepEqual(failed, ['d/link', 'fifo', 'link']);
        assert.match(ran.failed.find(({ path }) => path === 'link')!.message, /holds no symlinks/);
        assert.deepEqual(fs.readdirSync(given.dest).sort(), ['d', 'x']);
      }
    });
  });
});
