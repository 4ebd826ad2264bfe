import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { itself } from '../../src/store/path.ts';
import { asFound } from '../../src/store/s3/access.ts';
import { openS3Store } from '../../src/store/s3/s3-store.ts';
import type { Store } from '../../src/store/store.ts';
import { isKind, signal } from './bodies.ts';

// Listings of many pages, from a service that makes its answers up: of few keys each, in whatever order and with
// whatever sense it is to have.

type How = {
  readonly keys: readonly string[];
  readonly order?: (one: string, other: string) => number;
  readonly heeds?: boolean;
  /** a directory comes again after its own name, as some have it */
  readonly repeats?: boolean;
  /** is asked for each request: a status instead of an answer */
  readonly refuses?: (query: URLSearchParams) => number | undefined;
  readonly bucket?: string;
};

type Asked = { readonly after: string | null; readonly token: string | null };

const inside = 'p/';
const perPage = 20;
const byBytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** What the plain listing of these keys has: names of files, and of directories with a slash. */
function namesIn(keys: readonly string[]): string[] {
  const names = keys.map((key) => key.slice(inside.length)).map((key) => /^[^/]*\/?/.exec(key)![0]);
  return [...new Set(names)].sort();
}

async function serving(
  how: How,
  work: (store: Store, asked: readonly Asked[]) => Promise<void>,
): Promise<void> {
  const { keys, order = byBytes, heeds = true, repeats = false, bucket = 'bucket' } = how;
  let names: string[] = [];
  let known = 0;
  const look = () => {
    if (keys.length > known)
      names = namesIn(keys)
        .map((name) => inside + name)
        .sort(order);
    known = keys.length;
  };
  const asked: Asked[] = [];
  const server = http.createServer((request, response) => {
    const query = new URL(request.url!, 'http://x').searchParams;
    if (request.method !== 'GET') return void response.writeHead(404).end();
    if (query.has('max-keys')) {
      const first = names.filter((name) => name.startsWith(query.get('prefix')!)).sort(byBytes)[0];
      return void response.end(xmlOf(first === undefined ? [] : [first], undefined));
    }
    asked.push({ after: query.get('start-after'), token: query.get('continuation-token') });
    const status = how.refuses?.(query);
    look();
    if (status !== undefined) return void response.writeHead(status).end('<Error><Code>No</Code></Error>');
    const after = heeds ? query.get('start-after') : null;
    const token = query.get('continuation-token');
    const isBeyond = (name: string) => order(name, after!) > 0 || (repeats && name === after);
    const at = token !== null ? names.indexOf(token) + 1 : after === null ? 0 : names.findIndex(isBeyond);
    const from = at < 0 ? names.length : at;
    const page = names.slice(from, from + perPage);
    response.end(xmlOf(page, from + perPage < names.length ? page.at(-1) : undefined));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const own = { accessKeyId: 'AKID', secretAccessKey: 'hunter2', sessionToken: undefined };
  const access = { ...asFound, endpoint, region: 'us-east-1', keys: own };
  await using store = await openS3Store({ kind: 's3', bucket, prefix: inside }, access);
  try {
    await work(store, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function xmlOf(names: readonly string[], next: string | undefined): string {
  const encoded = (name: string) => encodeURIComponent(name).replaceAll('%2F', '/');
  const items = names.map((name) =>
    name.endsWith('/')
      ? `<CommonPrefixes><Prefix>${encoded(name)}</Prefix></CommonPrefixes>`
      : `<Contents><Key>${encoded(name)}</Key><ETag>"e"</ETag><Size>1</Size></Contents>`,
  );
  const more =
    next === undefined
      ? ''
      : `<NextContinuationToken>${next.replaceAll('&', '&amp;')}</NextContinuationToken>`;
  const head = `<EncodingType>url</EncodingType><IsTruncated>${next !== undefined}</IsTruncated>${more}`;
  return `<ListBucketResult>${head}${items.join('')}</ListBucketResult>`;
}

/** In no order, but each of them as often as it came. */
async function listed(store: Store): Promise<string[]> {
  const all = await Array.fromAsync(store.list(itself, signal));
  return all.map(({ kind, path }) => `${Buffer.from(path)}${kind === 'directory' ? '/' : ''}`).sort();
}

const cutsIn = (asked: readonly Asked[]) => asked.filter(({ after }) => after !== null).length;

const many = 2000;
const numbers = Array.from({ length: many }, (_, at) => at);
const counted = numbers.map((at) => `${inside}img-${String(at).padStart(6, '0')}.jpg`);
const hashed = numbers.map((at) => `${inside}${createHash('md5').update(String(at)).digest('hex')}`);
const letters = [
  'a',
  'B',
  'img',
  'img-',
  'é',
  '写真',
  '写真-0',
  '\uE000',
  '\u{1F600}',
  ' ',
  '%41',
  '+',
  '~',
  '!',
  '0',
];
const odd = numbers.map((at) => {
  const letter = (by: number) => letters[Math.floor(at / by) % letters.length];
  return `${inside}${letter(1)}${letter(letters.length)}${letter(letters.length ** 2)}${at % 7 === 0 ? '/x' : ''}`;
});
/** Some of them where a cut is. */
const directories = numbers.map((at) => `${inside}${at}/x`);
describe('a listing of many pages', () => {
  for (const [what, keys] of Object.entries({ counted, hashed, odd, directories })) {
    test(`of ${what} is cut, and has each name once`, async () => {
      for (const repeats of [false, true])
        await serving({ keys, repeats }, async (store, asked) => {
          assert.deepEqual(await listed(store), namesIn(keys));
          assert.ok(cutsIn(asked) > 5, 'it was cut');
          assert.ok(asked.length < (1.5 * namesIn(keys).length) / perPage, `${asked.length} requests`);
        });
    });
  }

  test('tells what is an object and a directory, with a cut between the two', async () => {
    const keys = [...counted, `${inside}img`, `${inside}img/x`, `${inside}img-1/x`];
    await serving({ keys }, async (store, asked) => {
      const all = await Array.fromAsync(store.list(itself, signal));
      const others = all.filter(({ kind }) => kind !== 'file').map(({ kind, path }) => `${kind} ${path}`);
      const names = others.map((one) => one.replace(/ .*/, ''));
      assert.deepEqual(names.sort(), ['directory', 'unlisted'], others.join());
      assert.ok(asked.some(({ after }) => after !== null && byBytes(after, `${inside}img/`) < 0));
    });
  });

  test('that fails now and then goes on where others were answered', async () => {
    let times = 0;
    const refuses = (query: URLSearchParams) =>
      query.has('continuation-token') && ++times > 10 && times % 3 === 0 ? 503 : undefined;
    await serving({ keys: counted, refuses }, async (store) => {
      assert.deepEqual(await listed(store), namesIn(counted));
      assert.ok(times > 30);
    });
  });

  test('ends though a rival writes more of it all the time', async () => {
    const keys = [...counted];
    let more = 0;
    const refuses = () => {
      if (more++ < 1000) keys.push(`${inside}img-${more % 10}-${more}.jpg`, `${inside}z${1e6 + more}`);
      return undefined;
    };
    await serving({ keys, refuses }, async (store) => {
      const names = await listed(store);
      assert.equal(new Set(names).size, names.length);
      const all = new Set(names);
      assert.deepEqual(
        namesIn(counted).filter((name) => !all.has(name)),
        [],
      );
    });
  });
});

describe('a service', () => {
  const backward = (one: string, other: string) => byBytes(other, one);
  const anyCase = (one: string, other: string) => byBytes(one.toLowerCase(), other.toLowerCase());
  const byUnits = (one: string, other: string) => (one < other ? -1 : Number(one > other));
  const wholly: Readonly<Record<string, How>> = {
    'that ignores where it should begin': { keys: counted, heeds: false },
    'that lists backward': { keys: counted, order: backward },
    'that lists in any case': {
      keys: hashed.map((key, at) => (at % 2 ? key.toUpperCase().replace('P/', 'p/') : key)),
      order: anyCase,
    },
    'that knows no other beginning': {
      keys: counted,
      refuses: (query) => (query.has('start-after') ? 501 : undefined),
    },
    'whose buckets have no order': { keys: counted, bucket: 'b--use1-az4--x-s3' },
  };
  for (const [what, how] of Object.entries(wholly)) {
    test(`${what} is listed one page after the other, and not tried again`, async () => {
      await serving(how, async (store, asked) => {
        assert.deepEqual(await listed(store), namesIn(how.keys));
        const cuts = cutsIn(asked);
        assert.deepEqual(await listed(store), namesIn(how.keys));
        assert.equal(cutsIn(asked), cuts);
      });
    });
  }

  test('that compares code units is cut where both orders agree', async () => {
    await serving({ keys: odd, order: byUnits }, async (store) => {
      assert.deepEqual(await listed(store), namesIn(odd));
    });
  });

  test('that loses its order is listed again from the beginning, without what came', async () => {
    const keys = counted;
    const rank = new Map(keys.slice(1900).map((key, at) => [key, (at * 37) % 100]));
    const order = (one: string, other: string) =>
      rank.has(one) && rank.has(other) ? rank.get(one)! - rank.get(other)! : byBytes(one, other);
    await serving({ keys, order }, async (store, asked) => {
      await assert.rejects(listed(store), isKind('transient'));
      assert.deepEqual(await listed(store), namesIn(keys));
      const cuts = cutsIn(asked);
      assert.ok(cuts > 0);
      assert.deepEqual(await listed(store), namesIn(keys));
      assert.equal(cutsIn(asked), cuts);
    });
  });
});
