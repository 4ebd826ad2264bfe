import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { assertSame, type Ended } from '../survive/program.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, rclone, type S3Ground, s3Ground, touches } from './ground.ts';

// A tree with all that an object store can keep, to a bucket and back: other programs judge what arrived.

const place = `s3://${bucket}/a tree/`;
const skip = needs('versitygw', 'rclone', 'rsync', 'root');

const make = `
  mkdir deep empty times odd; touch 'empty file'
  (cd deep; i=0; while [ $i -lt 30 ]; do mkdir n; echo $i >file; cd n; i=$((i+1)); done)
  for time in 0 1 12345678.9 2000000000.000000001 4294967295.5 -3.25; do touch -d @$time times/"$time"; done
  for name in ' a b ' -rf '$(touch pwned)' "'" 'x+y' 'per%20cent' '*' ..x ... "new
line" 'café' '<&>' 'a\\b' '#?' '~'; do echo "$name" >"odd/$name"; done
  ln -s file link; ln -s ../../out 'odd/link out'; ln -s /etc/passwd abs; ln -s nowhere dangling
  chmod 2750 empty; chmod 4711 'empty file'; chmod 400 odd/-rf; chown 12:34 odd/...; chown -h 12:34 link
  touch -hd @7.5 dangling; touch -d @99.25 deep times odd .`;

async function everything({ source }: S3Ground): Promise<void> {
  await shell(source, make);
  solid(join(source, 'large'), 20 * MiB + 1);
  solid(join(source, 'just a part'), 8 * MiB);
  for (let i = 0; i < 200; i++) fs.writeFileSync(join(source, 'times', `many ${i}`), `${i}`);
}

describe('a tree goes to S3', { skip }, () => {
  test('and back, and the second time nothing does', async () => {
    await using here = await s3Ground();
    await everything(here);
    const dry = await here.runTo(0, ['transfer', '--dry-run', here.source, place]);
    assert.deepEqual(fs.readdirSync(join(here.server.path, bucket)), []);
    const done = await here.runTo(0, ['transfer', '-v', here.source, place]);
    assert.deepEqual(entriesOf(dry), entriesOf(done));
    assert.deepEqual(done.summary!.notices, {});
    await assertUntouched(here, [here.source, place]);
    await here.runTo(0, ['verify', '--checksum', here.source, place]);
    const back = join(here.path, 'back');
    await here.runTo(0, ['transfer', place, back]);
    assertSame(here.source, back);
    await assertUntouched(here, [place, back]);
    await here.runTo(0, ['transfer', place, `s3://${bucket}/other`]);
    await here.runTo(0, ['verify', '--checksum', `s3://${bucket}/other/`, back]);
    await assertUntouched(here, [place, `s3://${bucket}/other`]);
  });

  test('as rclone knows it, and as rclone makes it', async () => {
    await using here = await s3Ground();
    fs.writeFileSync(join(here.source, 'file'), 'ours');
    fs.utimesSync(join(here.source, 'file'), 1234.5, 1234.5);
    solid(join(here.source, 'large'), 9 * MiB);
    await here.runTo(0, ['transfer', here.source, place]);
    rclone(here, 'check', '--download', here.source, `s:${bucket}/a tree`);
    const listed = JSON.parse(rclone(here, 'lsjson', `s:${bucket}/a tree/file`));
    assert.equal(listed[0].ModTime, '1970-01-01T00:20:34.500000000Z');
    rclone(here, 'copy', '--s3-no-check-bucket', here.source, `s:${bucket}/theirs`);
    await here.runTo(0, ['verify', '--no-preserve', 'mode,owner', here.source, `s3://${bucket}/theirs`]);
  });

  test('into directories that rclone made, which get their times, modes and owners', async () => {
    await using here = await s3Ground();
    await shell(
      here.source,
      'mkdir -p d/e; echo 1 >d/f; echo 2 >d/e/g; chmod 750 d; touch -d @7.5 d d/e d/f d/e/g .',
    );
    rclone(here, 'copy', '--s3-no-check-bucket', here.source, `s:${bucket}/a tree`);
    await here.runTo(0, ['transfer', here.source, place]);
    await assertUntouched(here, [here.source, place]);
    const back = join(here.path, 'back');
    await here.runTo(0, ['transfer', place, back]);
    assertSame(here.source, back);
  });

  test('many files of several parts at once, whose last parts are of many lengths', async () => {
    await using here = await s3Ground();
    for (let i = 0; i < 16; i++) solid(join(here.source, `${i}`), 17 * MiB + i * 311_111);
    await here.runTo(0, ['transfer', here.source, place]);
    rclone(here, 'check', '--download', here.source, `s:${bucket}/a tree`);
  });

  test('one file to a name, or into a prefix, and back', async () => {
    await using here = await s3Ground();
    const file = join(here.source, 'file');
    fs.writeFileSync(file, 'one');
    await here.runTo(0, ['transfer', file, `s3://${bucket}`]);
    await here.runTo(0, ['transfer', file, `s3://${bucket}/into/`]);
    await here.runTo(0, ['transfer', file, `s3://${bucket}/x/renamed`]);
    for (const name of ['file', 'into/file', 'x/renamed']) {
      const back = join(here.path, name.replaceAll('/', ' '));
      await here.runTo(0, ['transfer', `s3://${bucket}/${name}`, back]);
      assert.equal(fs.readFileSync(back, 'utf8'), 'one');
    }
    const { said } = await here.runTo(0, ['ls', '--recursive', `s3://${bucket}`]);
    const paths = said.map(({ path }) => path);
    assert.deepEqual(paths, ['file', 'into', 'into/file', 'x', 'x/renamed']);
  });

  test('ls --long asks for what a list does not tell, in the order of the list', async () => {
    await using here = await s3Ground();
    await shell(
      here.source,
      'mkdir -m 2751 d; for i in $(seq 300); do echo $i >d/$i; done; ln -s a link; chown 12:34 d/7',
    );
    await here.runTo(0, ['transfer', here.source, place]);
    const told = async (...words: string[]) => {
      const { said } = await here.runTo(0, ['ls', '-R', ...words]);
      return said.map(({ path, kind, mode, uid, gid, modified }) => {
        return [path, kind, kind === 'symlink' ? null : mode, uid, gid, modified];
      });
    };
    const whole = await told('-l', place);
    assert.deepEqual(whole, await told(here.source));
    const brief = await told(place);
    assert.deepEqual([brief.length, brief[0]], [302, ['d', 'directory', null, null, null, null]]);
  });

  test('what changed is put again, and what is in the way is replaced', async () => {
    await using here = await s3Ground();
    await shell(here.source, 'mkdir d; echo 1 >d/same; echo 2 >d/other; ln -s a link; echo 3 >kind');
    await here.runTo(0, ['transfer', here.source, place]);
    await shell(
      here.source,
      'echo 22 >d/other; ln -sfn b link; rm kind; ln -s x kind; chmod 600 d/same; chmod 700 d',
    );
    const { said } = await here.runTo(0, ['transfer', '-v', here.source, place]);
    const moved = said.filter(({ type }) => type === 'entry').map(({ action, path }) => `${action} ${path}`);
    assert.deepEqual(moved.sort(), [
      'make kind',
      'make link',
      'repair ',
      'repair d',
      'repair d/same',
      'update d/other',
    ]);
    const back = join(here.path, 'back');
    await here.runTo(0, ['transfer', place, back]);
    assertSame(here.source, back);
  });
});

function entriesOf({ said }: Ended): string[] {
  const entries = said.filter(({ type }) => type === 'entry');
  return entries.map(({ action, path, bytes }) => [action, path, bytes].join(' ')).sort();
}

async function assertUntouched(here: S3Ground, ends: readonly string[]): Promise<void> {
  const before = touches(here);
  const { summary, said } = await here.runTo(0, ['transfer', '-v', ...ends]);
  const { copied, made, repaired, linked, failed } = summary!.tally;
  assert.deepEqual([copied, made, repaired, linked, failed], [0, 0, 0, 0, 0]);
  assert.deepEqual(
    said.filter(({ type }) => type === 'entry'),
    [],
  );
  assert.deepEqual(touches(here), before);
}
