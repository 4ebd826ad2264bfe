import assert from 'node:assert/strict';
import type http from 'node:http';
import { describe, test } from 'node:test';
import type { Body } from '../../src/store/body.ts';
import { noMetadata } from '../../src/store/entry.ts';
import { itself } from '../../src/store/path.ts';
import { at, bodyOf, counted, how, isKind, put, signal } from '../store/bodies.ts';
import { give, scripted, someDay } from './scripted.ts';

// What is sent to servers that heed every condition, none, or lie.

type Kept = Map<string, Buffer>;

type Odd = { readonly heedless?: boolean; readonly forgets?: boolean; readonly status?: number };

/** Keeps what is put there. */
function keeping(
  kept: Kept,
  { heedless = false, forgets = false, status = 201 }: Odd = {},
): http.RequestListener {
  return (request, response) => {
    const there = kept.get(request.url!);
    if (request.method !== 'PUT') {
      if (!there) return void response.writeHead(404).end();
      return give(
        { content: there, headers: { etag: `"${there.toString('base64').slice(0, 20)}"` } },
        request,
        response,
      );
    }
    const isRefused = request.headers['if-none-match'] === '*' && there !== undefined;
    if (isRefused && !heedless) return void response.writeHead(412).end();
    if (status >= 300) return void response.writeHead(status).end();
    if (request.headers.expect) response.writeContinue();
    void request.toArray().then(
      (chunks) => {
        if (!forgets) kept.set(request.url!, Buffer.concat(chunks));
        response.writeHead(status).end();
      },
      () => undefined,
    );
  };
}

for (const [bytes, content] of [0, 1, 700_000].map((size) => [size, counted(size)] as const))
  test(`${bytes} bytes are put, and looked at`, async () => {
    const kept: Kept = new Map();
    await using server = await scripted(keeping(kept));
    const store = server.store('/d/');
    const { entry, unkept } = await store.write(
      at('f'),
      bodyOf(content),
      how({ metadata: { ...noMetadata, mode: 0o644, mtimeNs: 1n } }),
      signal,
    );
    assert.deepEqual([entry.size, [...unkept].sort()], [bytes, ['mode', 'mtimeNs']]);
    assert.ok(kept.get('/d/f')!.equals(content));
    assert.deepEqual(server.asked, ['HEAD /d/f', 'PUT /d/f expects', 'HEAD /d/f']);
  });

test('the time is sent in the ways that servers know', async () => {
  let headers: http.IncomingHttpHeaders = {};
  const kept: Kept = new Map();
  const keep = keeping(kept);
  await using server = await scripted((request, response) => {
    if (request.method === 'PUT') headers = request.headers;
    keep(request, response);
  });
  const mtimeNs = BigInt(Date.parse(someDay)) * 1_000_000n;
  const { unkept } = await server
    .store('/d/')
    .write(at('f'), bodyOf('x'), how({ metadata: { ...noMetadata, mtimeNs } }), signal);
  assert.deepEqual(
    [headers.date, headers['x-oc-mtime'], unkept],
    [someDay, String(Date.parse(someDay) / 1000), []],
  );
});

describe('what a rival put there is kept', () => {
  for (const heedless of [false, true])
    test(`by a server that heeds ${heedless ? 'nothing' : 'conditions'}`, async () => {
      const kept: Kept = new Map([['/d/f', Buffer.from('rival')]]);
      await using server = await scripted(keeping(kept, { heedless }));
      await assert.rejects(put(server.store('/d/'), 'f', 'mine'), isKind('conflict'));
      assert.equal(String(kept.get('/d/f')), 'rival');
    });

  test('also one that came after the look', async () => {
    const kept: Kept = new Map();
    const keep = keeping(kept);
    await using server = await scripted((request, response) => {
      if (request.method === 'PUT') kept.set('/d/f', Buffer.from('rival'));
      keep(request, response);
    });
    await assert.rejects(put(server.store('/d/'), 'f', 'mine'), isKind('conflict'));
    assert.equal(String(kept.get('/d/f')), 'rival');
  });

  test('and one that replaced what was to be replaced', async () => {
    const kept: Kept = new Map([['/d/f', Buffer.from('old')]]);
    await using server = await scripted(keeping(kept));
    const store = server.store('/d/');
    const replaces = await store.stat(at('f'), signal);
    kept.set('/d/f', Buffer.from('rival'));
    await assert.rejects(put(store, 'f', 'mine', { replaces }), isKind('conflict'));
    assert.equal(String(kept.get('/d/f')), 'rival');
  });
});

describe('a refusal costs no byte', () => {
  for (const [status, kind] of [
    [401, 'denied'],
    [403, 'denied'],
    [405, 'unsupported'],
    [409, 'missing'],
    [413, 'unsupported'],
    [503, 'transient'],
    [507, 'full'],
    [307, 'unsupported'],
  ] as const)
    test(`${status} is ${kind}`, async () => {
      await using server = await scripted(keeping(new Map(), { status }));
      let given = 0;
      const open: Body['open'] = async function* () {
        given++;
        yield Buffer.from('content');
      };
      const writing = server.patient('/d/').write(at('f'), { size: 7, open }, how(), signal);
      await assert.rejects(writing, isKind(kind));
      assert.equal(given, 0);
    });
});

test('of a server that takes no files it is said what it would have to take', async () => {
  for (const status of [405, 501]) {
    await using server = await scripted(keeping(new Map(), { status }));
    await assert.rejects(put(server.store('/d/'), 'f', 'mine'), {
      hint: /take files by PUT, as servers of WebDAV/,
    });
  }
});

test('a server that does not want to be asked is sent a file at once, and not asked again', async () => {
  const kept: Kept = new Map();
  const keep = keeping(kept);
  await using server = await scripted((request, response) => {
    if (request.headers.expect) response.writeHead(417).end();
    else keep(request, response);
  });
  const store = server.patient('/d/');
  for (const name of ['f', 'g']) await store.write(at(name), bodyOf(counted(700_000)), how(), signal);
  for (const name of ['f', 'g']) assert.ok(kept.get(`/d/${name}`)!.equals(counted(700_000)));
  const puts = server.asked.filter((line) => line.startsWith('PUT'));
  assert.deepEqual(puts, ['PUT /d/f expects', 'PUT /d/f', 'PUT /d/g']);
  kept.set('/d/h', Buffer.from('rival'));
  await assert.rejects(put(store, 'h', 'mine'), isKind('conflict'));
});

test('a server that says it has it, and has not, is not believed', async () => {
  await using server = await scripted(keeping(new Map(), { forgets: true }));
  await assert.rejects(put(server.store('/d/'), 'f', 'mine'), isKind('corrupt'));
});

describe('a body that is not what it said leaves nothing', () => {
  const bodies: Record<string, readonly [Body, string]> = {
    'too short': [{ ...bodyOf('too little'), size: 11 }, 'corrupt'],
    'too long': [
      { size: 3, open: (_, on) => bodyOf('too much').open({ offset: 0, length: 8 }, on) },
      'corrupt',
    ],
  };
  for (const [what, [body, kind]] of Object.entries(bodies))
    test(what, async () => {
      const kept: Kept = new Map();
      await using server = await scripted(keeping(kept));
      await assert.rejects(
        server.store('/d/').write(at('f'), body, how(), signal),
        isKind(kind as 'corrupt'),
      );
      assert.equal(kept.size, 0);
    });

  test('stopped', async () => {
    const kept: Kept = new Map();
    await using server = await scripted(keeping(kept));
    const stopper = new AbortController();
    const open: Body['open'] = async function* (range, on) {
      for await (const chunk of bodyOf(counted(700_000)).open(range, on)) {
        yield chunk;
        stopper.abort('SIGINT');
      }
    };
    const writing = server.store('/d/').write(at('f'), { size: 700_000, open }, how(), stopper.signal);
    await assert.rejects(writing, (reason) => reason === 'SIGINT');
    assert.equal(kept.size, 0);
  });
});

test('remove() takes one file away, never a directory, and says whether it was there', async () => {
  const kept = new Set(['/d/f', '/d/g', '/d/dir/']);
  await using server = await scripted(({ method, url }, response) => {
    if (url === '/d/dir') response.writeHead(301, { location: '/d/dir/' }).end();
    else if (!kept.has(url!)) response.writeHead(404).end();
    else if (method === 'HEAD') response.writeHead(200, { 'content-length': 1 }).end();
    else if (url === '/d/g') response.writeHead(307, { location: '/d/dir/' }).end();
    else response.writeHead(kept.delete(url!) ? 204 : 404).end();
  });
  const store = server.store('/d/');
  assert.equal(await store.remove(at('f'), signal), true);
  assert.equal(await store.remove(at('f'), signal), false);
  await assert.rejects(store.remove(at('dir'), signal), isKind('conflict'));
  await assert.rejects(store.remove(itself, signal), isKind('conflict'));
  await assert.rejects(store.remove(at('g'), signal), isKind('unsupported'));
  assert.deepEqual([...kept], ['/d/g', '/d/dir/']);
});

/** As WebDAV: nothing is kept where no directory is, and MKCOL makes one in one that is there. */
function davOf(made: Set<string>, kept: Kept, missing: number): http.RequestListener {
  const keep = keeping(kept);
  const above = (path: string) => path.replace(/[^/]+\/?$/, '');
  return (request, response) => {
    const path = request.url!;
    const isBelow = made.has(above(path));
    if (request.method === 'PUT' && !isBelow) return void response.writeHead(missing).end();
    if (request.method !== 'MKCOL') return keep(request, response);
    if (made.has(path)) return void response.writeHead(405).end();
    if (isBelow) made.add(path);
    response.writeHead(isBelow ? 201 : 409).end();
  };
}

for (const missing of [409, 404, 500])
  test(`directories that a server misses with ${missing} are made there`, async () => {
    const [made, kept] = [new Set(['/']), new Map<string, Buffer>()];
    await using server = await scripted(davOf(made, kept, missing));
    await server.store('/new/').write(at('a/b/f'), bodyOf('x'), how(), signal);
    assert.deepEqual([...made], ['/', '/new/', '/new/a/', '/new/a/b/']);
    assert.deepEqual([...kept.keys()], ['/new/a/b/f']);
    await server.store('/new/').write(at('a/g'), bodyOf('x'), how(), signal);
    assert.equal(server.asked.filter((line) => line.startsWith('MKCOL')).length, 5);
  });
