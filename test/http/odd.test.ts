import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import type http from 'node:http';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { counted } from '../store/bodies.ts';
import { place } from '../survive/ground.ts';
import { type Ended, runTo } from '../survive/program.ts';
import { web } from './ground.ts';
import { give, scripted, someDay } from './scripted.ts';

// Servers that are odd, and the program that has to come to a right end with them.

const large = counted(40 * 2 ** 20);
const env = { HOME: '/nonexistent', http_proxy: '', all_proxy: '', ALL_PROXY: '' };

async function fetched(
  answer: http.RequestListener,
  status = 0,
): Promise<{ readonly ended: Ended; readonly asked: readonly string[]; readonly got: Buffer | undefined }> {
  using at = place();
  await using server = await scripted(answer);
  const to = join(at.path, 'file');
  const ended = await runTo(status, join(at.path, 'state'), ['transfer', `${server.origin}/f`, to], { env });
  assert.deepEqual(
    fs.readdirSync(at.path).filter((name) => name.startsWith('.')),
    [],
  );
  return { ended, asked: server.asked, got: fs.existsSync(to) ? fs.readFileSync(to) : undefined };
}

test('a large file of a server without ranges comes in one piece', async () => {
  const { asked, got } = await fetched((...on) => give({ content: large, noRanges: true }, ...on));
  assert.ok(got!.equals(large));
  assert.deepEqual(
    asked.filter((line) => line.startsWith('GET')),
    ['GET /f'],
  );
});

test('a large file of a server with ranges comes in several', async () => {
  const { asked, got } = await fetched((...on) => give({ content: large }, ...on));
  assert.ok(got!.equals(large));
  assert.equal(
    asked.filter((line) => line.startsWith('GET /f bytes=')).length,
    Math.ceil(large.length / 2 ** 23),
  );
});

test('a file that changes between its ranges is read anew, never spliced', async () => {
  const other = Buffer.from(large).reverse();
  let gets = 0;
  const { got } = await fetched((request, response) => {
    if (request.method === 'GET') gets++;
    const [content, etag] = gets < 2 ? [large, '"one"'] : [other, '"two"'];
    give({ content, headers: { etag } }, request, response);
  });
  assert.ok(got!.equals(other));
});

test('a file that turns out to be longer than it was said to be is not cut to that', async () => {
  const { ended, got } = await fetched(({ method }, response) => {
    response.writeHead(200, { etag: '"one"', ...(method === 'HEAD' && { 'content-length': 1000 }) });
    response.write(method === 'HEAD' ? '' : large.subarray(0, 1000));
    response.end(method === 'HEAD' ? undefined : large.subarray(1000, 2000));
  }, 3);
  assert.equal(got, undefined);
  assert.equal(ended.said.find(({ type }) => type === 'failed')!.kind, 'changed');
});

test('a file that changes with every look is named as changed, and nothing of it is left', async () => {
  let looks = 0;
  const { ended, got } = await fetched((request, response) => {
    if (request.method === 'HEAD') looks++;
    give({ content: large, headers: { etag: `"${looks}"` } }, request, response);
  }, 3);
  assert.equal(got, undefined);
  assert.equal(ended.said.find(({ type }) => type === 'failed')!.kind, 'changed');
});

test('a server that is busy is asked again when it says, and a body that is cut goes on', async () => {
  let gets = 0;
  const { got } = await fetched((request, response) => {
    if (request.method === 'GET' && ++gets === 1)
      return void response.writeHead(503, { 'retry-after': '1' }).end();
    if (gets !== 2 || request.method !== 'GET') return give({ content: large }, request, response);
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range!)!.map(Number);
    const range = {
      'content-range': `bytes ${from}-${to}/${large.length}`,
      'content-length': to! - from! + 1,
    };
    response.writeHead(206, { ...range, etag: '"one"', 'last-modified': someDay });
    response.write(large.subarray(from, from! + 100_000), () => response.destroy());
  });
  assert.ok(got!.equals(large));
});

test('a file is asked for as its address was typed, and has a name that a path can hold', async () => {
  using at = place();
  await using server = await scripted((request, response) => {
    if (/^\/d\/(?:a%2Fb|c%2Bd|e%zz)$/.test(request.url!)) give({ content: large }, request, response);
    else response.writeHead(404).end();
  });
  const names = { 'a%2Fb': 'a%2Fb', 'c%2Bd': 'c+d', 'e%zz': 'e%zz' };
  for (const [step, name] of Object.entries(names)) {
    const words = ['transfer', `${server.origin}/d/${step}`, `${at.path}/`];
    for (const copied of [1, 0]) {
      const { summary } = await runTo(0, join(at.path, 'state'), words, { env });
      assert.equal(summary!.tally.copied, copied);
    }
    assert.ok(fs.readFileSync(join(at.path, name)).equals(large));
  }
});

test('a file without a length arrives, and a second run moves nothing', async () => {
  using at = place();
  await using server = await scripted(({ method }, response) => {
    response.writeHead(200, { 'last-modified': someDay });
    response.end(method === 'GET' ? large : undefined);
  });
  const words = ['transfer', `${server.origin}/f`, join(at.path, 'file')];
  await runTo(0, join(at.path, 'state'), words, { env });
  assert.ok(fs.readFileSync(join(at.path, 'file')).equals(large));
  const { summary } = await runTo(0, join(at.path, 'state'), words, { env });
  assert.equal(summary!.tally.copied, 0);
});

describe('what a server says that a file adds up to is compared with the copy, and the file not read again', () => {
  const sum = (bytes: Uint8Array) => createHash('sha256').update(bytes);
  const neighbour =
    (text: string): http.RequestListener =>
    (request, response) =>
      give({ content: request.url === '/f.sha256' ? Buffer.from(text) : large }, request, response);
  const ways: Record<string, readonly [http.RequestListener, number]> = {
    'in a header': [
      (...on) =>
        give(
          { content: large, headers: { 'repr-digest': `sha-256=:${sum(large).digest('base64')}:` } },
          ...on,
        ),
      0,
    ],
    'in a file beside it': [neighbour(`${sum(large).digest('hex')}\n`), 0],
    'in a file of several': [
      neighbour(`${'0'.repeat(64)}  other\n${sum(large).digest('hex').toUpperCase()} *./dir/f\n`),
      0,
    ],
    'which is of other bytes': [neighbour(`${'0'.repeat(64)}  f\n`), 4],
  };
  for (const [what, [answer, status]] of Object.entries(ways))
    test(what, async () => {
      using at = place();
      await using server = await scripted(answer);
      const copy = join(at.path, 'f');
      fs.writeFileSync(copy, large);
      fs.utimesSync(copy, Date.parse(someDay) / 1000, Date.parse(someDay) / 1000);
      await runTo(status, join(at.path, 'state'), ['verify', '--checksum', `${server.origin}/f`, copy], {
        env,
      });
      assert.ok(
        !server.asked.some((line) => line.startsWith('GET /f ') || line === 'GET /f'),
        server.asked.join(),
      );
    });

  test('of another file is not taken for it', async () => {
    using at = place();
    await using server = await scripted(neighbour(`${'0'.repeat(64)}  other\n`));
    const copy = join(at.path, 'f');
    fs.writeFileSync(copy, large);
    fs.utimesSync(copy, Date.parse(someDay) / 1000, Date.parse(someDay) / 1000);
    await runTo(0, join(at.path, 'state'), ['verify', '--checksum', `${server.origin}/f`, copy], { env });
    assert.ok(server.asked.includes('GET /f'));
  });
});

test('a server that shows no lists takes a tree, and a second run sends nothing', {
  skip: needs('nginx'),
}, async () => {
  await using here = await web({ lines: ['location /to { autoindex off; }'] });
  const source = join(here.path, 'from');
  fs.mkdirSync(join(source, 'a/b'), { recursive: true });
  for (const name of ['x', 'a/y', 'a/b/z']) fs.writeFileSync(join(source, name), name);
  const words = ['transfer', source, here.server.url('to/')];
  for (const copied of [3, 0]) {
    const { summary } = await here.runTo(0, words);
    assert.equal(summary!.tally.copied, copied);
  }
  for (const name of ['x', 'a/y', 'a/b/z'])
    assert.equal(fs.readFileSync(join(here.server.root, 'to', name), 'utf8'), name);
});

test('what a server has and does not list is left alone, or replaced, and is no difference', {
  skip: needs('nginx'),
}, async () => {
  await using here = await web(); // nginx lists no name that begins with a dot
  const source = join(here.path, 'from');
  fs.mkdirSync(join(source, 'a'), { recursive: true });
  const names = ['.hidden', 'a/.hidden', 'a/seen'];
  for (const name of names) fs.writeFileSync(join(source, name), name);
  const to = here.server.url('to/');
  for (const copied of [3, 0]) {
    const { summary } = await here.runTo(0, ['transfer', '--verify', source, to]);
    assert.equal(summary!.tally.copied, copied);
  }
  fs.writeFileSync(join(source, '.hidden'), 'another one');
  for (const more of [['--dry-run'], []]) {
    const { summary } = await here.runTo(0, ['transfer', ...more, source, to]);
    assert.equal(summary!.tally.copied, 1);
  }
  for (const name of names)
    assert.ok(
      fs.readFileSync(join(source, name)).equals(fs.readFileSync(join(here.server.root, 'to', name))),
    );
});
