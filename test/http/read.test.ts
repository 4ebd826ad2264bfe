import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type http from 'node:http';
import { describe, test } from 'node:test';
import type { Kind, TransferError } from '../../src/errors.ts';
import type { FileEntry } from '../../src/store/entry.ts';
import { anybody } from '../../src/store/http/access.ts';
import { itself } from '../../src/store/path.ts';
import type { Store } from '../../src/store/store.ts';
import { bytesOf, counted, isKind, signal } from '../store/bodies.ts';
import { give, scripted, someDay } from './scripted.ts';

// What is read from servers that are good, odd, or lie.

const content = counted(300_000);

async function fileAt(store: Store): Promise<FileEntry> {
  const entry = await store.stat(itself, signal);
  assert.equal(entry?.kind, 'file');
  return entry as FileEntry;
}

const middle = { offset: 100_000, length: 50_000 };

test('a file is what its headers say, and any range of it is given', async () => {
  await using server = await scripted((...asked) => give({ content }, ...asked));
  const store = server.store('/f');
  const file = await fileAt(store);
  assert.deepEqual(
    [file.size, file.mtimeNs, file.inOrder],
    [content.length, BigInt(Date.parse(someDay)) * 1_000_000n, undefined],
  );
  const body = store.read(file);
  assert.ok((await bytesOf(body)).equals(content));
  assert.ok((await bytesOf(body, middle)).equals(content.subarray(100_000, 150_000)));
  assert.deepEqual(await bytesOf(body, { offset: 5, length: 0 }), Buffer.alloc(0));
});

describe('an answer that is not about these bytes is changed, and no byte of it is given', () => {
  const wrong: Record<string, http.OutgoingHttpHeaders & { status?: number }> = {
    'another range': { 'content-range': 'bytes 100001-150000/300000' },
    'another total': { 'content-range': 'bytes 100000-149999/300001' },
    'no range': { 'content-range': 'bytes */300000' },
    'no sign of its state': { etag: '', 'last-modified': '' },
    'another tag': { etag: '"two"' },
    'another time': { 'last-modified': 'Thu, 22 Oct 2015 07:28:00 GMT' },
    'a larger one': { 'content-length': 60_000 },
  };
  for (const [what, { ...headers }] of Object.entries(wrong))
    test(what, async () => {
      await using server = await scripted((request, response) => {
        if (request.method === 'HEAD') return give({ content }, request, response);
        const good = {
          'content-range': 'bytes 100000-149999/300000',
          etag: '"one"',
          'last-modified': someDay,
        };
        const all: http.OutgoingHttpHeaders = { ...good, 'content-length': 50_000, ...headers };
        for (const [name, value] of Object.entries(all)) if (value === '') delete all[name];
        response.writeHead(206, all).end(Buffer.alloc(Number(all['content-length'])));
      });
      const store = server.store('/f');
      const body = store.read(await fileAt(store));
      await assert.rejects(bytesOf(body, middle), isKind('changed'));
    });

  test('a file whose tag changed', async () => {
    let tag = '"one"';
    await using server = await scripted((...asked) => give({ content, headers: { etag: tag } }, ...asked));
    const store = server.store('/f');
    const body = store.read(await fileAt(store));
    tag = '"two"';
    await assert.rejects(bytesOf(body, middle), isKind('changed'));
    await assert.rejects(bytesOf(body, { offset: 0, length: 0 }), isKind('changed'));
  });

  test('a file that grew, of a server that heeds no condition and gives no tag', async () => {
    let now = content;
    await using server = await scripted((...asked) =>
      give({ content: now, headers: { etag: '' } }, ...asked),
    );
    const store = server.store('/f');
    const body = store.read(await fileAt(store));
    now = counted(300_001);
    await assert.rejects(bytesOf(body), isKind('changed'));
    await assert.rejects(bytesOf(body, middle), isKind('changed'));
  });
});

test('a server without ranges says so, and a range of its file is cut from the whole', async () => {
  await using server = await scripted((...asked) => give({ content, noRanges: true }, ...asked));
  const store = server.store('/f');
  const file = await fileAt(store);
  assert.equal(file.inOrder, true);
  assert.ok((await bytesOf(store.read(file), middle)).equals(content.subarray(100_000, 150_000)));
  assert.ok(!server.asked.some((line) => line.includes('bytes=')));
});

test('a file without a sign of its state is read whole, and never from its middle', async () => {
  const headers = { etag: '', 'last-modified': '' };
  await using server = await scripted((...asked) => give({ content, headers }, ...asked));
  const store = server.store('/f');
  const file = await fileAt(store);
  assert.deepEqual([file.inOrder, file.print], [true, undefined]);
  assert.ok((await bytesOf(store.read(file))).equals(content));
  await assert.rejects(bytesOf(store.read(file), middle), isKind('changed'));
});

describe('what breaks off, or is not to be had now, may be tried again', () => {
  const breaks: Record<string, http.RequestListener> = {
    'a body that is cut': (_, response) => {
      response.writeHead(200, { 'content-length': content.length, etag: '"one"', 'last-modified': someDay });
      response.write(content.subarray(0, 1000), () => response.destroy());
    },
    'a body in chunks that is cut': (_, response) => {
      response.writeHead(200, { etag: '"one"', 'last-modified': someDay });
      response.write(content.subarray(0, 1000), () => response.destroy());
    },
    'a body in chunks that ends early': (_, response) => {
      response.writeHead(200, { etag: '"one"', 'last-modified': someDay }).end(content.subarray(0, 1000));
    },
    'no answer': (_, response) => void response.destroy(),
    'an error of the server': (_, response) => void response.writeHead(500).end('oh'),
    'a gateway': (_, response) => void response.writeHead(502).end(),
  };
  for (const [what, answer] of Object.entries(breaks))
    test(what, async () => {
      await using server = await scripted((request, response) =>
        request.method === 'HEAD' ? give({ content }, request, response) : answer(request, response),
      );
      const store = server.store('/f');
      const body = store.read(await fileAt(store));
      await assert.rejects(bytesOf(body), isKind('transient'));
    });

  for (const [after, waitMs] of [
    ['7', 7000],
    [undefined, undefined],
    ['x', undefined],
    ['-5', undefined],
  ] as const)
    test(`a server that is busy, with Retry-After ${after}`, async () => {
      const headers = after === undefined ? {} : { 'retry-after': after };
      await using server = await scripted((_, response) => void response.writeHead(503, headers).end());
      const asked = server.store('/f').stat(itself, signal);
      await assert.rejects(asked, (error: TransferError) => {
        assert.deepEqual([error.kind, error.waitMs], ['transient', waitMs]);
        return true;
      });
    });
});

describe('answers have kinds', () => {
  const kinds: readonly (readonly [number, Kind])[] = [
    [401, 'denied'],
    [403, 'denied'],
    [418, 'io'],
    [429, 'transient'],
    [451, 'io'],
    [504, 'transient'],
    [599, 'transient'],
  ];
  for (const [status, kind] of kinds)
    test(`${status} is ${kind}`, async () => {
      await using server = await scripted((_, response) => void response.writeHead(status).end());
      await assert.rejects(server.store('/f').stat(itself, signal), isKind(kind));
    });

  for (const status of [404, 410])
    test(`${status} is nothing there`, async () => {
      await using server = await scripted((_, response) => void response.writeHead(status).end());
      assert.equal(await server.store('/f').stat(itself, signal), undefined);
    });
});

test('a server that knows no HEAD is asked for the first byte', async () => {
  await using server = await scripted((request, response) => {
    if (request.method === 'HEAD') return void response.writeHead(405).end();
    give({ content }, request, response);
  });
  const file = await fileAt(server.store('/f'));
  assert.deepEqual([file.size, file.inOrder], [content.length, undefined]);
  assert.deepEqual(server.asked, ['HEAD /f', 'GET /f bytes=0-0']);
});

describe('an answer that is cut off in the middle is transient', () => {
  const half = (response: http.ServerResponse, status: number) => {
    response.writeHead(status, { 'content-length': 1000 });
    response.write('<', () => response.destroy());
  };

  test('where a server of WebDAV was asked whether that is a directory', async () => {
    await using server = await scripted(({ method }, response) => {
      if (method === 'PROPFIND') half(response, 207);
      else response.writeHead(405).end();
    });
    await assert.rejects(server.store('/f').stat(itself, signal), isKind('transient'));
    assert.equal(server.asked.at(-1), 'PROPFIND /f');
  });

  test('where a sum beside a file was asked for', async () => {
    const large = counted(2 * 1024 * 1024);
    await using server = await scripted((request, response) => {
      if (request.url === '/f.sha256') half(response, 200);
      else give({ content: large }, request, response);
    });
    const store = server.store('/f');
    await assert.rejects(store.digest!(await fileAt(store), signal), isKind('transient'));
    assert.equal(server.asked.at(-1), 'GET /f.sha256');
  });
});

test('what comes compressed is not taken for the file', async () => {
  await using server = await scripted((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': 3 }).end('abc');
  });
  await assert.rejects(server.store('/f').stat(itself, signal), isKind('unsupported'));
});

for (const [name, encoding] of [
  ['f.tar.gz', 'x-gzip'],
  ['f.tgz', 'gzip'],
  ['f.svg.br', 'br'],
  ['f.xz', 'xz'],
] as const)
  test(`${name}, of which the server says that it is ${encoding}, is the file itself`, async () => {
    const headers = { 'content-encoding': encoding };
    await using server = await scripted((...asked) => give({ content, headers }, ...asked));
    const store = server.store(`/${name}`);
    assert.ok((await bytesOf(store.read(await fileAt(store)))).equals(content));
  });

test('a range of a file whose length is left open is taken', async () => {
  await using server = await scripted((request, response) => {
    const { writeHead } = response;
    response.writeHead = ((status: number, headers: http.OutgoingHttpHeaders) => {
      const range = String(headers['content-range'] ?? '').replace(/\d+$/, '*');
      return writeHead.call(response, status, { ...headers, ...(range && { 'content-range': range }) });
    }) as typeof response.writeHead;
    give({ content }, request, response);
  });
  const store = server.store('/f');
  const body = store.read(await fileAt(store));
  assert.ok((await bytesOf(body, middle)).equals(content.subarray(100_000, 150_000)));
});

for (const [what, state] of Object.entries({
  'tells nothing else': {},
  'tells its state': { etag: '"one"' },
}))
  test(`a file that is empty as long as its bytes are not asked for, is not, where that ${what}`, async () => {
    await using server = await scripted((request, response) => {
      if (request.method !== 'HEAD') return give({ content }, request, response);
      response.writeHead(200, { 'content-length': 0, ...state }).end();
    });
    const store = server.store('/f');
    assert.ok((await bytesOf(store.read(await fileAt(store)))).equals(content));
  });

test('a server that lets nobody in by what is given here is no question of a password', async () => {
  await using server = await scripted((request, response) => {
    const ways = request.url === '/f' ? 'Digest realm="x", nonce="y"' : 'Negotiate, Basic realm="x"';
    response.writeHead(401, { 'www-authenticate': ways }).end();
  });
  await assert.rejects(server.store('/f').stat(itself, signal), isKind('unsupported'));
  await assert.rejects(server.store('/g').stat(itself, signal), isKind('denied'));
});

describe('a file without a length', () => {
  const chunked: http.RequestListener = ({ method }, response) => {
    response.writeHead(200, { 'last-modified': someDay });
    if (method === 'GET') response.write(content.subarray(0, 1000));
    response.end(method === 'GET' ? content.subarray(1000) : undefined);
  };

  test('is taken once, and is what it was then', async () => {
    await using server = await scripted(chunked);
    const store = server.store('/f');
    const file = await fileAt(store);
    const body = server.store('/f').read(await fileAt(server.store('/f')));
    assert.ok((await bytesOf(body)).equals(content));
    assert.ok((await bytesOf(body, middle)).equals(content.subarray(100_000, 150_000)));
    assert.deepEqual([file.size, file.mtimeNs], [content.length, BigInt(Date.parse(someDay)) * 1_000_000n]);
    assert.deepEqual(server.asked, ['HEAD /f', 'GET /f']);
  });

  test('is not taken where it is one of many', async () => {
    await using server = await scripted((request, response) => {
      if (request.url !== '/') return chunked(request, response);
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<title>Index of /</title><a href="f">f</a>');
    });
    const [found] = await Array.fromAsync(server.store('/').list(itself, signal));
    assert.equal(found?.kind === 'unlisted' && found.error.kind, 'unsupported');
  });

  test('but one with its bytes, is not taken to know it', async () => {
    await using server = await scripted((request, response) => {
      if (request.method === 'HEAD') return void response.writeHead(200).end();
      give({ content }, request, response);
    });
    const store = server.store('/f');
    assert.ok((await bytesOf(store.read(await fileAt(store)))).equals(content));
  });

  test('that does not come to its end is no file', async () => {
    await using server = await scripted(({ method }, response) => {
      response.writeHead(200);
      if (method === 'HEAD') response.end();
      else response.write(content, () => response.destroy());
    });
    await assert.rejects(server.store('/f').stat(itself, signal), isKind('transient'));
  });

  test('whose end is that of the connection is none either', async () => {
    await using server = await scripted(({ method }, response) => {
      response.useChunkedEncodingByDefault = false;
      response.removeHeader('transfer-encoding');
      response.writeHead(200, { connection: 'close' }).end(method === 'GET' ? content : undefined);
    });
    await assert.rejects(server.store('/f').stat(itself, signal), isKind('unsupported'));
  });
});

describe('a digest that a server gives of a file is checked', () => {
  const sum = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('base64');
  const says = (of: Uint8Array): http.OutgoingHttpHeaders[] => [
    { 'repr-digest': `sha-256=:${sum('sha256', of)}:` },
    { 'repr-digest': `unknown=:AAAA:, sha-512=:${sum('sha512', of)}:` },
    { digest: `SHA-256=${sum('sha256', of)}` },
    { 'content-md5': sum('md5', of) },
  ];
  for (const [what, of, kind] of [
    ['is right', content, undefined],
    ['is wrong', content.subarray(1), 'corrupt'],
  ] as const)
    for (const headers of says(of))
      test(`${JSON.stringify(headers)} ${what}`, async () => {
        await using server = await scripted((...asked) => give({ content, headers }, ...asked));
        const store = server.store('/f');
        const reading = bytesOf(store.read(await fileAt(store)));
        if (kind) await assert.rejects(reading, isKind(kind));
        else assert.ok((await reading).equals(content));
      });
});

describe('redirects', () => {
  test('lead to the file, and secrets do not go with them', async () => {
    const heard: (string | undefined)[] = [];
    await using other = await scripted((request, response) => {
      heard.push(request.headers.authorization);
      give({ content }, request, response);
    });
    await using server = await scripted((request, response) => {
      heard.push(request.headers.authorization);
      const location = request.url === '/f' ? '/g' : `${other.origin}/h`;
      response.writeHead(302, { location }).end('elsewhere');
    });
    const store = server.store('/f', { ...anybody, authorization: 'Basic c2VjcmV0' });
    assert.ok((await bytesOf(store.read(await fileAt(store)))).equals(content));
    assert.deepEqual(heard, [
      'Basic c2VjcmV0',
      'Basic c2VjcmV0',
      undefined,
      'Basic c2VjcmV0',
      'Basic c2VjcmV0',
      undefined,
    ]);
  });

  test('from a name to the same one with a slash show a directory, wherever they began', async () => {
    const at: http.RequestListener = ({ url }, response) => {
      if (url === '/e/dir') return void response.writeHead(301, { location: '/e/dir/' }).end();
      response.writeHead(200, { 'content-length': 9, 'content-type': 'text/html' }).end();
    };
    await using other = await scripted(at);
    await using server = await scripted((request, response) => {
      if (!request.url?.startsWith('/d/')) return at(request, response);
      const origin = request.url.startsWith('/d/far/') ? other.origin : '';
      const location = request.url.replace(/^.*\//, `${origin}/e/`);
      response.writeHead(302, { location }).end();
    });
    for (const from of ['/d/', '/d/far/', '/e/'])
      assert.equal((await server.store(`${from}dir`).stat(itself, signal))?.kind, 'directory', from);
    assert.equal((await server.store('/d/file').stat(itself, signal))?.kind, 'file');
  });

  for (const location of ['/f', 'ftp://127.0.0.1/f', 'http://:0:0:/', 'file:///etc/passwd'])
    test(`to ${location} end`, async () => {
      await using server = await scripted((_, response) => void response.writeHead(301, { location }).end());
      await assert.rejects(server.store('/f').stat(itself, signal), isKind('unsupported'));
      assert.ok(server.asked.length <= 11);
    });
});

test('what is asked for in the address of a place is asked for with each request, and shown nowhere', async () => {
  await using server = await scripted((request, response) => {
    if (request.url?.includes('none')) response.writeHead(403).end();
    else give({ content }, request, response);
  });
  const store = server.store('/f?token=s3cret');
  assert.ok((await bytesOf(store.read(await fileAt(store)))).equals(content));
  assert.deepEqual(server.asked, ['HEAD /f?token=s3cret', 'GET /f?token=s3cret']);
  await assert.rejects(
    server.store('/none?token=s3cret').stat(itself, signal),
    (error: Error) => !error.message.includes('s3cret'),
  );
  assert.ok(!Buffer.from((await store.canonical!(signal))!).includes('s3cret'));
});
