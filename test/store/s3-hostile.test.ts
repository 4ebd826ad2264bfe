import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Listed } from '../../src/store/entry.ts';
import { itself } from '../../src/store/path.ts';
import { at, bytesOf, isKind, signal } from './bodies.ts';
import { type Asked, asking, object, page, prefix, type Said } from './forged-s3.ts';

// Services that say what none should, and those that have to be understood: forged, answer by answer.

const shown = (listed: Listed) => `${listed.kind} ${Buffer.from(listed.path).toString('latin1')}`;

describe('a service', () => {
  const listings: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    'that lists keys which are no paths': [
      page(object('p/..'), object('p/.'), object('p/'), object('p/good'), prefix('p//'), prefix('p/../')),
      ['unlisted /', 'unlisted ..', 'unlisted .', 'file good', 'unlisted /', 'unlisted ../'],
    ],
    'that lists a NUL': [page('<EncodingType>url</EncodingType>', object('p/a%00b')), ['unlisted a\0b']],
    'that lists what is both an object and a directory': [
      page(object('p/both'), object('p/both-'), prefix('p/both/')),
      ['file both', 'file both-', 'unlisted both/'],
    ],
    'that escapes': [page(object('p/&lt;&amp;&#x41;&#66;&quot;')), ['file <&AB"']],
    'that encodes': [page('<EncodingType>url</EncodingType>', object('p/a+b%2Bc%0A')), ['file a b+c\n']],
  };
  for (const [what, [body, names]] of Object.entries(listings)) {
    test(`${what}: each is named, none leads out`, async () => {
      await asking(
        () => ({ body }),
        async (store) => {
          const listed = await Array.fromAsync(store.list(itself, signal));
          assert.deepEqual(listed.map(shown), names);
        },
      );
    });
  }

  const cut = '<IsTruncated>true</IsTruncated>';
  for (const [what, more] of [
    ['does not say how to go on after a page', ''],
    ['goes on with the same page for ever', '<NextContinuationToken>again</NextContinuationToken>'],
  ] as const) {
    test(`that ${what} is not taken to have listed all`, { timeout: 20_000 }, async () => {
      await asking(
        () => ({ body: page(cut, more, object('p/first')) }),
        async (store) => {
          const message = /^cannot list .*: the service has more of it and does not say how to go on$/;
          await assert.rejects(Array.fromAsync(store.list(itself, signal)), { kind: 'unsupported', message });
        },
      );
    });
  }

  test('whose listing cannot tell a key does not have an empty object passed over', async () => {
    const empty = (key: string) => object(key).replace('<Size>3<', '<Size>0<');
    await asking(
      ({ method }) =>
        method === 'HEAD' ? { status: 404 } : { body: page(empty('p/went'), empty('p/c\ufffdx')) },
      async (store) => {
        const listed = await Array.fromAsync(store.list(itself, signal));
        assert.deepEqual(
          listed.map(({ kind, path }) => [kind, Buffer.from(path).toString()]),
          [['unlisted', 'c\ufffdx']],
        );
      },
    );
  });

  test('that goes round in its pages is not asked for ever', { timeout: 20_000 }, async () => {
    const next: Readonly<Record<string, string>> = { one: 'two', two: 'three', three: 'one' };
    await asking(
      ({ url }) => {
        const token = new URL(url!, 'http://a').searchParams.get('continuation-token') ?? 'three';
        const more = `<NextContinuationToken>${next[token]}</NextContinuationToken>`;
        return { body: page(cut, more, object(`p/after-${token}`)) };
      },
      async (store, asked) => {
        const message = /^cannot list .*: the service has more of it and does not say how to go on$/;
        await assert.rejects(Array.fromAsync(store.list(itself, signal)), { kind: 'unsupported', message });
        assert.ok(asked.length <= 12, `${asked.length} pages`);
      },
    );
  });

  test('that goes round in the parts of an upload is not asked for ever', { timeout: 20_000 }, async () => {
    const say = ({ url }: Asked): Said => {
      const marker = new URL(url!, 'http://a').searchParams.get('part-number-marker');
      const next = `<NextPartNumberMarker>${marker === '2' ? 1 : 2}</NextPartNumberMarker>`;
      return { body: `<ListPartsResult>${cut}${next}</ListPartsResult>` };
    };
    await asking(say, async (store, asked) => {
      assert.equal(await store.parts!.held!(at('.difpipe-part:20:id:x'), 20, signal), true);
      assert.equal(asked.length, 2);
    });
  });

  for (const [title, range, kind] of [
    ['that gives another range than was asked for is not believed', '0-1/10', 'unsupported'],
    ['whose object has another length now does not give a part of it', '4-5/11', 'changed'],
  ] as const)
    test(title, async () => {
      const headers = { 'content-range': `bytes ${range}`, 'content-length': '2' };
      await asking(
        () => ({ status: 206, headers, body: 'ab' }),
        async (store) => {
          const file = { ...fileOf('x'), size: 10 };
          await assert.rejects(bytesOf(store.read(file), { offset: 4, length: 2 }), isKind(kind));
        },
      );
    });

  test('that refuses a look is asked for its reason, which an answer to HEAD cannot hold', async () => {
    const body = '<Error><Code>InvalidBucketName</Code><Message>That is no name.</Message></Error>';
    await asking(
      ({ method }) => ({ status: 400, body: method === 'HEAD' ? '' : body }),
      async (store) => {
        const message = /^cannot look at .*: That is no name \(InvalidBucketName\)$/;
        await assert.rejects(store.stat(itself, signal), { kind: 'usage', message });
      },
    );
    await asking(
      ({ method }) => (method === 'HEAD' ? { status: 403 } : { body: page() }),
      async (store) => {
        await assert.rejects(store.stat(itself, signal), { kind: 'denied', message: /HTTP 403$/ });
      },
    );
  });

  test('that is a web server without such a page is named so, with where to look', async () => {
    await asking(
      () => ({ status: 404, body: '<!DOCTYPE html><title>404</title>' }),
      async (store) => {
        const message = 'cannot look at s3://bucket/p/: what answers there does not speak S3 (HTTP 404)';
        await assert.rejects(store.stat(itself, signal), {
          kind: 'missing',
          message,
          hint: 'look at the endpoint (AWS_ENDPOINT_URL_S3, --s3-endpoint)',
        });
      },
    );
  });

  test('that sends us to where we do not go is told with what to do', async () => {
    for (const [status, code] of [
      [301, 'PermanentRedirect'],
      [307, 'TemporaryRedirect'],
    ] as const) {
      const body = `<Error><Code>${code}</Code><Endpoint>bucket.example.net</Endpoint></Error>`;
      const headers = { location: 'http://bucket.example.net/' };
      await asking(
        ({ method }) => ({ status, headers, body: method === 'HEAD' ? '' : body }),
        async (store) => {
          const hint = /name its endpoint/;
          await assert.rejects(store.stat(itself, signal), { kind: 'usage', hint });
          await assert.rejects(Array.fromAsync(store.list(itself, signal)), { kind: 'usage', hint });
        },
      );
    }
  });

  test('that refuses to look at one object is asked for the reason by its first byte', async () => {
    const body = '<Error><Code>AccessDenied</Code><Message>Not this one.</Message></Error>';
    await asking(
      ({ method, url }) => {
        if (url!.startsWith('/bucket?')) return { body: page(object('p/x')) };
        return { status: 403, body: method === 'HEAD' ? '' : body };
      },
      async (store) => {
        const message = 'cannot look at s3://bucket/p/x: Not this one (AccessDenied)';
        await assert.rejects(store.stat(at('x'), signal), { kind: 'denied', message });
      },
    );
  });

  test('of another region is asked there', async () => {
    const regions: string[] = [];
    const say = ({ headers }: Asked): Said => {
      const region = /\/(\S+?)\/s3\/aws4_request/
        .exec(headers.authorization ?? '')![1]!
        .split('/')
        .at(-1)!;
      regions.push(region);
      if (region === 'eu-west-3') return { headers: { 'content-length': '0' } };
      return { status: 400, headers: { 'x-amz-bucket-region': 'eu-west-3' } };
    };
    await asking(say, async (store) => {
      assert.equal((await store.stat(at('x'), signal))?.kind, 'file');
      await store.stat(at('y'), signal);
      assert.deepEqual(regions, ['us-east-1', 'eu-west-3', 'eu-west-3']);
    });
  });

  test('of another region is asked there by all who asked at once, also where only a listing tells of it', async () => {
    const say = ({ method, headers }: Asked): Said => {
      if (headers.authorization!.includes('/eu-west-3/s3/')) return { headers: { 'content-length': '0' } };
      const body = '<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-3</Region></Error>';
      return method === 'HEAD' ? { status: 400 } : { status: 400, body };
    };
    await asking(say, async (store) => {
      const found = await Promise.all(['x', 'y', 'z'].map((name) => store.stat(at(name), signal)));
      assert.deepEqual(
        found.map((one) => one?.kind),
        ['file', 'file', 'file'],
      );
    });
  });

  test('that does not speak TLS is named so, and not tried again', async () => {
    const refused = { kind: 'refused', message: /does not speak TLS/ };
    await asking(
      () => ({}),
      (store) => assert.rejects(store.stat(at('x'), signal), refused),
      { scheme: 'https' },
    );
  });

  test('whose clock is hours away is asked by its time', async () => {
    const there = new Date(Date.now() + 5 * 3600_000);
    const say = ({ headers }: Asked): Said => {
      const near =
        String(headers['x-amz-date']).slice(0, 11) === there.toISOString().replace(/[-:]/g, '').slice(0, 11);
      const body = '<Error><Code>RequestTimeTooSkewed</Code></Error>';
      return near ? { body: page() } : { status: 403, headers: { date: there.toUTCString() }, body };
    };
    await asking(say, async (store, asked) => {
      await assert.rejects(Array.fromAsync(store.list(itself, signal)), isKind('missing'));
      assert.equal(asked.length, 2);
    });
  });

  test('that refuses is told with what to do, and no secret', async () => {
    const body = '<Error><Code>SignatureDoesNotMatch</Code><Message>No\u001b[31m way.</Message></Error>';
    await asking(
      () => ({ status: 403, body }),
      async (store) => {
        const refused = await Array.fromAsync(store.list(itself, signal)).catch((error: unknown) => error);
        const { message, hint } = refused as { readonly message: string; readonly hint: string };
        assert.equal(message, 'cannot list s3://bucket/p/: No\\033[31m way (SignatureDoesNotMatch)');
        assert.equal(hint, 'the secret key is not the right one');
      },
    );
  });

  test('whose bytes are not those of the SHA-256 that it keeps is not believed', async () => {
    const sum = createHash('sha256').update('x').digest('base64');
    for (const [body, isGood] of [
      ['x', true],
      ['y', false],
    ] as const) {
      const headers = { etag: '"e"', 'x-amz-checksum-sha256': sum, 'content-length': '1' };
      await asking(
        () => ({ headers, body }),
        async (store) => {
          const read = bytesOf(store.read(fileOf('x')));
          if (isGood) assert.equal((await read).toString(), 'x');
          else await assert.rejects(read, isKind('corrupt'));
        },
      );
    }
  });

  test('that ignores conditions is looked at before each write', async () => {
    const objects = new Map<string, string>();
    const say = ({ method, url }: Asked): Said => {
      if (method === 'PUT') objects.set(url!, '"e"');
      if (method === 'DELETE') objects.delete(url!);
      const there = objects.get(url!);
      return method === 'HEAD' && !there ? { status: 404 } : { headers: { etag: there ?? '' } };
    };
    await asking(say, async (store) => {
      const body = bodyOf('x');
      const { entry } = await store.write(at('x'), body, how, signal);
      assert.deepEqual([...objects.keys()], ['/bucket/p/x']);
      await assert.rejects(store.write(at('x'), body, how, signal), isKind('conflict'));
      await store.write(at('x'), body, { ...how, replaces: entry }, signal);
    });
  });

  test('whose ETag is of other bytes than it was given keeps nothing, and it is said', async () => {
    const md5 = (text: string) => `"${createHash('md5').update(text).digest('hex')}"`;
    for (const [etag, isGood] of [
      [md5('x'), true],
      [md5('y'), false],
      ['"no sum at all"', true],
    ] as const) {
      const say = ({ method }: Asked): Said => (method === 'HEAD' ? { status: 404 } : { headers: { etag } });
      await asking(say, async (store, asked) => {
        const written = store.write(at('x'), bodyOf('x'), how, signal);
        if (isGood) await written;
        else await assert.rejects(written, isKind('corrupt'));
        const removed = asked.filter(({ method, url }) => method === 'DELETE' && url === '/bucket/p/x');
        assert.equal(removed.length, isGood ? 0 : 1);
      });
    }
  });

  test('that was given something else meanwhile keeps that, whatever it made of what it was given before', async () => {
    let isPut = false;
    const say = ({ method, url }: Asked): Said => {
      isPut ||= method === 'PUT' && url === '/bucket/p/x';
      if (method !== 'HEAD') return { headers: { etag: `"${'0'.repeat(32)}"` } };
      return isPut ? { headers: { etag: '"a rival\'s"' } } : { status: 404 };
    };
    await asking(say, async (store, asked) => {
      await assert.rejects(store.write(at('x'), bodyOf('x'), how, signal), isKind('corrupt'));
      assert.ok(!asked.some(({ method, url }) => method === 'DELETE' && url === '/bucket/p/x'));
    });
  });

  test('whose copy is of another length than what was copied keeps nothing, and it is said', async () => {
    for (const [etag, length, kind] of [
      ['"f"', 1, undefined],
      ['"f"', 0, 'corrupt'],
      ['"a rival\'s"', 0, undefined],
    ] as const) {
      let isMade = false;
      const say = ({ method, url, headers }: Asked): Said => {
        isMade ||= 'x-amz-copy-source' in headers;
        if (method === 'HEAD' && url === '/bucket/p/x')
          return isMade ? { headers: { etag, 'content-length': `${length}` } } : { status: 404 };
        return { body: '<CopyObjectResult><ETag>"f"</ETag></CopyObjectResult>' };
      };
      await asking(say, async (store, asked) => {
        const origin = store.read(fileOf('from')).origin!;
        const written = store.write(at('x'), { ...bodyOf('x'), origin }, how, signal);
        if (kind) await assert.rejects(written, isKind(kind));
        else await written;
        const removed = asked.filter(({ method, url }) => method === 'DELETE' && url === '/bucket/p/x');
        assert.equal(removed.length, kind ? 1 : 0);
      });
    }
  });
});

function bodyOf(text: string) {
  return {
    size: text.length,
    open: async function* () {
      yield Buffer.from(text);
    },
  };
}

function fileOf(name: string) {
  const metadata = { mode: undefined, owner: undefined, mtimeNs: 1n };
  return {
    kind: 'file',
    path: at(name),
    size: 1,
    ...metadata,
    print: 'e',
    allocated: undefined,
    linked: undefined,
  } as const;
}

const how = { metadata: fileOf('x'), replaces: undefined, partial: Buffer.from('p'), durable: true };
