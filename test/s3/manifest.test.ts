import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { assertSame, type Ended } from '../survive/program.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, rclone, type S3Ground, s3Ground, touches } from './ground.ts';
import { startProxy } from './proxy.ts';
import { startRcloneS3 } from './server.ts';

// What no object holds goes into a manifest beside them, and comes back from it: other programs judge the tree.

const place = `s3://${bucket}/tree/`;
const name = '.difpipe-manifest.jsonl';
const skip = needs('versitygw', 'current-rclone', 'rclone', 'rsync', 'root', 'setfattr', 'setfacl');

const make = `
  mkdir one two two/three empty pipes; echo linked >one/a; echo alone >one/alone
  for at in one/b two/c two/three/d; do ln one/a $at; done
  : >nothing; ln nothing one/nothing; ln -s a one/link
  mkfifo -m 640 pipes/fifo; mknod -m 600 pipes/null c 1 3; mknod -m 660 pipes/disk b 259 300000
  chown 12:34 pipes/fifo one/a; chmod 4750 one/a; touch -hd @99.123456789 pipes/* one/a
  ln -s "$(printf %3000s | tr ' ' x)" long; touch -hd @7.5 long; touch -d @5.25 pipes empty .`;

async function tree({ source }: S3Ground): Promise<void> {
  await shell(source, make);
  solid(join(source, 'two/large'), 9 * MiB);
  fs.linkSync(join(source, 'two/large'), join(source, 'one/large'));
}

const go = (here: S3Ground, ...words: readonly string[]) =>
  here.runTo(0, ['transfer', '-v', ...words, here.source, place]);

/** A new directory with what comes back. */
async function back(here: S3Ground, called: string): Promise<string> {
  const path = join(here.path, called);
  await here.runTo(0, ['transfer', place, path]);
  return path;
}

const manifestAt = ({ server }: S3Ground) => join(server.path, bucket, 'tree', name);

function objects({ server }: S3Ground): string[] {
  const root = join(server.path, bucket, 'tree');
  const found = fs.readdirSync(root, { recursive: true, withFileTypes: true });
  return found
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(root.length + 1));
}

describe('a manifest', { skip }, () => {
  test('brings back what no object holds, and a second run changes nothing', async () => {
    await using here = await s3Ground();
    await tree(here);
    const { summary } = await go(here, '--s3-manifest');
    assert.deepEqual(summary!.notices, {});
    assert.equal(objects(here).filter((path) => /large|one\/[ab]$|three\/d|two\/c/.test(path)).length, 2);
    assertSame(here.source, await back(here, 'back'));
    await here.runTo(0, ['verify', '--checksum', here.source, place]);
    await here.runTo(0, ['verify', '--checksum', place, join(here.path, 'back')]);
    const before = touches(here);
    const again = await go(here);
    assert.deepEqual(moved(again), []);
    assert.deepEqual(touches(here), before);
    assert.deepEqual(fs.readdirSync(join(here.state, 'manifests')), []);
  });

  test('costs a new place what its names cost, and no question about what cannot be there', async () => {
    await using here = await s3Ground();
    await using proxy = await startProxy(here.server.port);
    const names = Array.from({ length: 20 }, (_, at) => `name${at}`);
    fs.writeFileSync(join(here.source, names[0]!), 'one');
    for (const name of names.slice(1)) fs.linkSync(join(here.source, names[0]!), join(here.source, name));
    for (let at = 0; at < 20; at++) fs.writeFileSync(join(here.source, `other${at}`), 'two');
    const env = { AWS_ENDPOINT_URL_S3: proxy.endpoint };
    await here.runTo(0, ['transfer', '--s3-manifest', here.source, `s3://${bucket}/tree`], { env });
    const about = (part: string) => proxy.asked.filter(({ url }) => url.includes(part));
    assert.equal(about('/other').length, 20);
    const asked = about('name').length;
    assert.ok(asked <= 4 * 20, `${asked} requests for 20 names`);
  });

  test('follows what changes: names that come, go their own way, or are names of another file', async () => {
    await using here = await s3Ground();
    await tree(here);
    await go(here, '--s3-manifest');
    const [leader, other] = namesOf(here, 'linked');
    await shell(
      here.source,
      `ln two/large added; rm nothing; : >nothing; rm pipes/fifo; echo no fifo >pipes/fifo
       rm one/alone; mkfifo one/alone; rm pipes/null; mknod pipes/null c 1 5
       echo independent >new; mv new "$0"; chmod 600 one/nothing`,
      leader!,
    );
    assert.ok(linesOf(here).some(({ path, to }) => path === other && to === leader));
    await go(here);
    assertSame(here.source, await back(here, 'changed'));
    await here.runTo(0, ['verify', '--checksum', here.source, place]);
    fs.appendFileSync(join(here.source, other!), 'all names see it');
    await go(here);
    assertSame(here.source, await back(here, 'longer'));
    assert.deepEqual(moved(await go(here)), []);
  });

  test('says what differs between the names of two trees', async () => {
    await using here = await s3Ground();
    await tree(here);
    await go(here, '--s3-manifest');
    await shell(here.source, 'cp -p one/b x; mv x one/b; rm pipes/fifo; mkfifo -m 600 pipes/fifo; rm long');
    const { said } = await here.runTo(4, ['verify', here.source, place]);
    const found = said.filter(({ type }) => type === 'difference').map(({ path, what }) => `${path} ${what}`);
    const specials = found.filter((line) => !/^one|^two|^ /.test(line)).sort();
    assert.deepEqual(specials, ['long extra', 'pipes time', 'pipes/fifo time,mode,owner']);
    await here.runTo(4, ['verify', place, here.source]);
  });

  test('is not an entry of the tree, and no file takes its name', async () => {
    await using here = await s3Ground();
    await shell(here.source, `echo mine >${name}; mkdir in; echo mine >in/${name}; mkfifo in/fifo`);
    const { said } = await here.runTo(3, ['transfer', '--s3-manifest', here.source, place]);
    assert.deepEqual(
      said.filter(({ type }) => type === 'failed').map(({ path, kind }) => [path, kind]),
      [[name, 'refused']],
    );
    const listed = await here.runTo(0, ['ls', '--recursive', place]);
    assert.deepEqual(
      listed.said.map(({ path, kind }) => `${kind} ${path}`),
      ['directory in', `file in/${name}`, 'fifo in/fifo'],
    );
  });

  test('holds the metadata of the top of a bucket, and goes on to another place', async () => {
    await using here = await s3Ground();
    await tree(here);
    await shell(here.source, 'chmod 2751 .; chown 5:6 .; touch -d @77.125 .');
    await here.runTo(0, ['transfer', '--s3-manifest', here.source, `s3://${bucket}`]);
    here.server.makeBucket('other');
    await here.runTo(0, ['transfer', '--s3-manifest', `s3://${bucket}`, 's3://other/a/b/']);
    const back = join(here.path, 'back');
    await here.runTo(0, ['transfer', 's3://other/a/b', back]);
    assertSame(here.source, back);
    assert.deepEqual(moved(await here.runTo(0, ['transfer', '-v', `s3://${bucket}`, 's3://other/a/b/'])), []);
  });

  test('holds directories where the service holds none', async () => {
    await using here = await s3Ground({}, startRcloneS3);
    await tree(here);
    await shell(here.source, 'mkdir -p deep/er; chmod 1711 deep; touch -d @5.5 deep/er deep .');
    const { summary } = await go(here, '--s3-manifest');
    assert.deepEqual(summary!.notices, {});
    assertSame(here.source, await back(here, 'back'));
    await here.runTo(0, ['verify', here.source, place]);
    assert.deepEqual(moved(await go(here)), []);
  });

  test('is known in each part of the tree, and for a single name', async () => {
    await using here = await s3Ground();
    await tree(here);
    await shell(here.source, 'setfattr -n trusted.t -v x two/large');
    await go(here, '--s3-manifest');
    const parts = ['pipes', 'two', 'two/three'];
    for (const part of parts) {
      const dest = join(here.path, part.replace('/', ' '));
      await here.runTo(0, ['transfer', `${place}${part}/`, dest]);
      assertSame(join(here.source, part), dest);
      await here.runTo(0, ['verify', join(here.source, part), `${place}${part}`]);
    }
    const [, other] = namesOf(here, 'linked');
    await here.runTo(0, ['transfer', `${place}${other}`, join(here.path, 'single')]);
    assert.equal(fs.readFileSync(join(here.path, 'single'), 'utf8'), 'linked\n');
  });

  test('brings back extended attributes and ACLs, also those that change or go', async () => {
    await using here = await s3Ground();
    await tree(here);
    await shell(
      here.source,
      `for at in one one/a two/large pipes/fifo one/alone .; do setfattr -hn trusted.t -v "on $at" $at; done
       setfattr -hn trusted.bytes -v 0x00ff0a22 one/link; setfattr -n user.empty nothing
       setfacl -m u:1234:rw,g:5678:r one/alone; setfacl -m d:u:8:rx two; touch -d @5.25 .`,
    );
    await go(here, '--s3-manifest');
    assert.equal(linesOf(here).filter(({ attributes }) => attributes).length, 9);
    assertSame(here.source, await back(here, 'back'));
    await here.runTo(0, ['verify', '--checksum', here.source, place]);
    assert.deepEqual(moved(await go(here)), []);
    await shell(
      here.source,
      `setfattr -n trusted.t -v other one/a; setfattr -x trusted.t two/large; setfacl -b one/alone
       setfattr -n user.more -v v empty; echo new >one/x; touch -r one/alone one/x; mv one/x nothing`,
    );
    await here.runTo(4, ['verify', here.source, place]);
    await go(here);
    await back(here, 'back');
    assertSame(here.source, join(here.path, 'back'));
    assertSame(here.source, await back(here, 'new'));
    assert.deepEqual(moved(await here.runTo(0, ['transfer', '-v', place, join(here.path, 'back')])), []);
  });

  test('that somebody else wrote meanwhile is joined with, not overwritten', async () => {
    await using here = await s3Ground();
    await using proxy = await startProxy(here.server.port);
    await shell(here.source, 'mkfifo ours');
    await go(here, '--s3-manifest');
    await shell(here.source, 'mkfifo new; rm ours');
    const theirs = fs.readFileSync(manifestAt(here), 'utf8').replace('"ours"', '"theirs"');
    const file = join(here.path, 'theirs');
    fs.writeFileSync(file, theirs);
    let puts = 0;
    proxy.trick = ({ method, url }) => {
      if (method === 'PUT' && url.includes(name) && puts++ === 0)
        rclone(here, 'copyto', '--s3-no-check-bucket', '--ignore-times', file, `s:${bucket}/tree/${name}`);
      return undefined;
    };
    await here.runTo(0, ['transfer', here.source, place], { env: { AWS_ENDPOINT_URL_S3: proxy.endpoint } });
    assert.equal(puts, 2);
    assert.deepEqual(fs.readdirSync(await back(here, 'back')).sort(), ['new', 'ours', 'theirs']);
  });

  test('is whole after kills -9: what runs before the last one knew is in it', async () => {
    await using here = await s3Ground();
    await using proxy = await startProxy(here.server.port);
    const env = { AWS_ENDPOINT_URL_S3: proxy.endpoint };
    await tree(here);
    await shell(
      here.source,
      'i=0; while [ $i -lt 60 ]; do ln one/a two/n$i; mkfifo pipes/p$i; i=$((i+1)); done',
    );
    let words = ['transfer', '--s3-manifest', here.source, place];
    let kills = 0;
    for (let most = 60, isDone = false; !isDone; most *= 2, words = ['runs', 'resume']) {
      const running = here.start(words, { env });
      const first = proxy.asked.length;
      proxy.trick = ({ method, url }) => {
        const isManifest = method === 'PUT' && url.includes(name) && kills < 4;
        if (proxy.asked.length - first < most && !isManifest) return undefined;
        running.child.kill('SIGKILL');
        return 'breaks';
      };
      const { status, signal } = await running.ended;
      isDone = signal !== 'SIGKILL';
      if (isDone) assert.equal(status, 0);
      else kills++;
    }
    assert.ok(kills >= 4, `${kills} kills`);
    proxy.trick = () => undefined;
    assertSame(here.source, await back(here, 'back'));
    assert.deepEqual(moved(await go(here)), []);
  });
});

function linesOf(here: S3Ground): Record<string, unknown>[] {
  const text = fs.readFileSync(manifestAt(here), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Of the file with this in it: the one that is an object, and the others. */
function namesOf(here: S3Ground, text: string): string[] {
  const root = join(here.server.path, bucket, 'tree');
  const leader = objects(here).find((path) => fs.readFileSync(join(root, path), 'utf8') === `${text}\n`);
  return [leader!, ...linesOf(here).flatMap(({ path, to }) => (to === leader ? [String(path)] : []))];
}

function moved({ said }: Ended): string[] {
  const entries = said.filter(({ type }) => type === 'entry');
  return entries.map(({ action, path }) => `${action} ${path}`).sort();
}
