import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorOf } from '../far/ground.ts';
import { needs } from '../peer.ts';
import { strays } from '../survive/program.ts';
import { hollow, MiB, solid, trees } from '../trees.ts';
import { type Web, web } from './ground.ts';

// Trees from and to a real nginx, which shows directories as lists of links and takes files by PUT.

const skip = needs('nginx', 'rsync');

/** What an independent program would still change: names, bytes, and times of files in whole seconds. */
function differences(source: string, dest: string): string[] {
  const args = ['-rtcni', '--omit-dir-times', '--modify-window=1', '--delete', `${source}/`, `${dest}/`];
  const { stdout, stderr } = spawnSync('rsync', args, { encoding: 'latin1', maxBuffer: 1 << 28 });
  return [...(stdout + stderr).split('\n').filter((line) => line !== ''), ...strays(dest)];
}

async function fill(root: string): Promise<void> {
  await trees['hostile names'].make(root);
  fs.mkdirSync(join(root, 'deep/er'), { recursive: true });
  fs.mkdirSync(join(root, 'no files'));
  for (let i = 0; i < 200; i++) fs.writeFileSync(join(root, 'deep', `${i}`), `file ${i}`);
  fs.writeFileSync(join(root, 'deep/er/empty'), '');
  for (const name of ['100%', 'a%2fb', 'a&amp;b', 'a:b', '?C=N', '#1', '"<x>\'', 'http:', '...', 'x;y'])
    fs.writeFileSync(join(root, 'deep/er', name), name);
  solid(join(root, 'large'), 70 * MiB);
  fs.utimesSync(join(root, 'large'), 1e9, 1e9 + 0.5);
}

/** nginx does not show what begins with a dot, nor what is no file. */
function trim(root: string): void {
  execFileSync('find', [root, '-mindepth', '1', '(', '-name', '.*', '-o', '-type', 'l', ')', '-delete']);
}

for (const [format, lines] of [
  ['HTML', []],
  ['JSON', ['autoindex_format json;']],
] as const) {
  test(`a tree that nginx lists as ${format} arrives; a second run moves nothing`, { skip }, async () => {
    await using here = await web({ lines });
    const { server, dest } = here;
    await fill(server.root);
    trim(server.root);
    const { summary } = await here.runTo(0, ['transfer', server.url(), dest]);
    assert.deepEqual(differences(server.root, dest), []);
    assert.deepEqual(summary!.notices, {});
    const again = await here.runTo(0, ['transfer', server.url(), dest]);
    assert.equal(again.summary!.tally.copied + again.summary!.tally.repaired, 0);
    await here.runTo(0, ['verify', '--checksum', server.url(), dest]);
    fs.writeFileSync(join(dest, 'deep/7'), 'FILE 7');
    fs.utimesSync(join(dest, 'deep/7'), 1, fs.statSync(join(server.root, 'deep/7')).mtimeMs / 1000);
    const { said } = await here.runTo(4, ['verify', '--checksum', server.url(), dest]);
    assert.deepEqual(
      said.filter(({ type }) => type === 'difference').map(({ path, what }) => [path, what]),
      [['deep/7', ['content']]],
    );
  });
}

test('ls, analyze and a dry run of a server look and take nothing', { skip }, async () => {
  await using here = await web();
  const { server, dest } = here;
  await fill(server.root);
  trim(server.root);
  const { said } = await here.runTo(0, ['ls', '--recursive', server.url()]);
  const there = fs.readdirSync(server.root, { recursive: true, encoding: 'buffer' });
  assert.deepEqual(
    said
      .map(({ path, pathBase64 }) =>
        Buffer.from(String(pathBase64 ?? path), pathBase64 ? 'base64' : 'utf8').toString('latin1'),
      )
      .sort(),
    there.map((path) => path.toString('latin1')).sort(),
  );
  const one = await here.runTo(0, ['ls', server.url('deep/7')]);
  assert.deepEqual([one.said.length, one.said[0]!.bytes ?? one.said[0]!.size], [1, 6]);
  await here.runTo(0, ['analyze', server.url()]);
  const { summary } = await here.runTo(0, ['transfer', '--dry-run', server.url(), dest]);
  assert.equal(fs.existsSync(dest), false);
  assert.equal(summary!.tally.copied, said.filter(({ kind }) => kind === 'file').length);
  assert.deepEqual(
    server.asked().filter((line) => line.startsWith('GET') && !/\/ 200 -$/.test(line)),
    [],
  );
});

test('a tree goes to a server by PUT, with its times, and a second run sends nothing', { skip }, async () => {
  await using here = await web();
  const { server } = here;
  const source = join(here.path, 'from');
  fs.mkdirSync(source);
  await fill(source);
  trim(source);
  const to = server.url('new/place/');
  const { summary } = await here.runTo(0, ['transfer', '--verify', source, to]);
  const empty = ['-mindepth', '1', '-type', 'd', '-empty'];
  const lost = execFileSync('find', [source, ...empty, '-printf', 'x', '-delete'], { encoding: 'utf8' });
  assert.equal(summary!.notices.directory, lost.length);
  assert.deepEqual(differences(source, join(server.root, 'new/place')), []);
  assert.deepEqual(
    Object.keys(summary!.notices)
      .filter((topic) => topic !== 'clock')
      .sort(),
    ['directory', 'mode', 'owner'],
  );
  const again = await here.runTo(0, ['transfer', source, to]);
  assert.equal(again.summary!.tally.copied, 0);
  fs.writeFileSync(join(source, 'deep/7'), 'another file 7');
  const third = await here.runTo(0, ['transfer', source, to]);
  assert.equal(third.summary!.tally.copied, 1);
  assert.deepEqual(differences(source, join(server.root, 'new/place')), []);
});

test('one file: to a name, into a directory, into a new one, both ways; over an older one', {
  skip,
}, async () => {
  await using here = await web();
  const { server, path, dest } = here;
  const file = join(path, 'file');
  fs.writeFileSync(file, 'content');
  fs.utimesSync(file, 2e9, 2e9);
  for (const dir of [dest, join(server.root, 'to'), join(server.root, 'from')]) fs.mkdirSync(dir);
  fs.copyFileSync(file, join(server.root, 'from/file'));
  for (const root of [dest, join(server.root, 'to')]) {
    fs.writeFileSync(join(root, 'other'), 'old');
    fs.mkdirSync(join(root, 'dir'));
  }
  const ways: Record<string, (name: string) => string[]> = {
    down: (name) => [server.url('from/file'), join(dest, name)],
    up: (name) => [file, server.url(`to/${name}`)],
  };
  for (const [way, ends] of Object.entries(ways))
    for (const name of ['name', 'other', 'dir', 'new/']) {
      const { summary } = await here.runTo(0, ['transfer', ...ends(name)]);
      assert.equal(summary!.tally.copied, 1, `${way} ${name}`);
    }
  for (const root of [dest, join(server.root, 'to')])
    for (const name of ['name', 'other', 'dir/file', 'new/file'])
      assert.equal(fs.readFileSync(join(root, name), 'utf8'), 'content', name);
});

test('what is not there, is not listed or not allowed is said', { skip }, async () => {
  await using here = await web({ lines: ['location /in { return 401; } location /dir { autoindex off; }'] });
  const { server, dest } = here;
  const said = async (status: number, path: string) => {
    const { message, hint } = errorOf(await here.runTo(status, ['transfer', server.url(path), dest]));
    return `${message}; ${hint}`;
  };
  fs.mkdirSync(join(server.root, 'dir'));
  fs.writeFileSync(join(server.root, 'dir/page.html'), '<a href="x">x</a>');
  assert.match(await said(2, 'none'), /^there is no http:\S+\/none;/);
  assert.match(await said(2, 'none/'), /^there is no http:\S+\/none\/;/);
  assert.match(await said(1, 'dir'), /^cannot list http:\S+\/dir: the server does not allow it \(HTTP 403\)/);
  assert.match(await said(1, 'in'), /the server does not know who asks, .* \(HTTP 401\); .*netrc/);
});

function hollowed(here: Web): string {
  hollow(join(here.server.root, 'large'), 200 * MiB);
  for (let at = 0; at < 200; at++) {
    const fd = fs.openSync(join(here.server.root, 'large'), 'r+');
    fs.writeSync(fd, `${at}`, at * MiB + 5);
    fs.closeSync(fd);
  }
  fs.utimesSync(join(here.server.root, 'large'), 1e9, 1e9);
  return here.server.url('large');
}

test('an upload that was killed leaves nothing, and is whole the next time', { skip }, async () => {
  await using here = await web();
  const { server, path } = here;
  const file = join(path, 'file');
  solid(file, 20 * MiB);
  const words = ['transfer', file, server.url('up/file')];
  const running = here.start([...words, '--bwlimit', '10M']);
  await running.next('progress', ({ bytes }) => Number(bytes) > 5 * MiB);
  running.child.kill('SIGKILL');
  await running.ended;
  assert.equal(fs.existsSync(join(server.root, 'up/file')), false);
  await here.runTo(0, words);
  assert.ok(fs.readFileSync(join(server.root, 'up/file')).equals(fs.readFileSync(file)));
  assert.deepEqual(fs.readdirSync(join(server.root, 'up')), ['file']);
});

test('a large file that was killed goes on inside', { skip }, async () => {
  await using here = await web();
  const { server, dest } = here;
  const url = hollowed(here);
  fs.mkdirSync(dest);
  const running = here.start(['transfer', '--streams', '1', '--bwlimit', '35M', url, dest]);
  await running.next('progress', ({ bytes }) => Number(bytes) > 140 * MiB);
  running.child.kill('SIGKILL');
  await running.ended;
  assert.deepEqual(
    fs.readdirSync(dest).filter((name) => !name.startsWith('.')),
    [],
  );
  const before = server.asked().length;
  await here.runTo(0, ['runs', 'resume']);
  const ranges = server
    .asked()
    .slice(before)
    .filter((line) => line.startsWith('GET /large 206'));
  const sent = ranges
    .map((line) => /bytes=(\d+)-(\d+)$/.exec(line)!)
    .reduce((sum, [, a, b]) => sum + Number(b) - Number(a) + 1, 0);
  assert.ok(sent > 0 && sent <= 136 * MiB, `${sent} bytes were sent again`);
  assert.deepEqual(differences(server.root, dest), []);
});
