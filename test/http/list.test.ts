import assert from 'node:assert/strict';
import type http from 'node:http';
import { describe, test } from 'node:test';
import type { Listed } from '../../src/store/entry.ts';
import { namedBy } from '../../src/store/http/href.ts';
import { itself } from '../../src/store/path.ts';
import { isKind, signal } from '../store/bodies.ts';
import { give, type Scripted, scripted } from './scripted.ts';

// Lists of links, as servers make them, and as an enemy would.

const at = new URL('http://h/a%20b/');

describe('namedBy() takes links to what is right in the directory', () => {
  const names: Record<string, string> = {
    file: 'file',
    'dir/': 'dir/',
    './a:b': 'a:b',
    '././x': 'x',
    'a%20b': 'a b',
    'caf%E9': 'caf\xe9',
    '%24%28x%29': '$(x)',
    '-rf': '-rf',
    '...': '...',
    'x#part': 'x',
    '/a%20b/x': 'x',
    'http://h/a%20b/x/': 'x/',
    'HTTP://H:80/a%20b/x': 'x',
    '//h/a%20b/x': 'x',
    '/%61%20b/x': 'x',
    'a+b': 'a+b',
  };
  for (const [href, name] of Object.entries(names))
    test(href, () => {
      const named = namedBy(href, at);
      assert.equal(`${Buffer.from(named!.name!).toString('latin1')}${named!.isDirectory ? '/' : ''}`, name);
    });
});

describe('namedBy() leaves out what leads elsewhere', () => {
  const hrefs = [
    '',
    '.',
    '..',
    '../',
    './',
    '/',
    '/a%20b/',
    '/other/x',
    '/a%2Fb/x',
    '../x',
    './../x',
    'x/y',
    'x/../y',
    '?C=N;O=D',
    'x?C=N',
  ];
  const far = [
    '//h2/a%20b/x',
    'http://h2/a%20b/x',
    'https://h/a%20b/x',
    'http://h:81/a%20b/x',
    'mailto:x',
    'javascript:x()',
    '#top',
  ];
  for (const href of [...hrefs, ...far])
    test(href || 'nothing', () => assert.equal(namedBy(href, at), undefined));
});

function page(links: readonly string[], title = 'Index of /'): string {
  return `<html><head><title>${title}</title></head><body>\n${links.join('\n')}</body></html>`;
}

function serving(html: string, type = 'text/html'): Promise<Scripted> {
  return scripted((request: http.IncomingMessage, response) => {
    if (request.url!.endsWith('/')) response.writeHead(200, { 'content-type': type }).end(html);
    else give({ content: Buffer.from('x') }, request, response);
  });
}

function listed(server: Scripted): Promise<Listed[]> {
  return Array.fromAsync(server.store('/d/').list(itself, signal));
}

test('a list of Apache: icons, orders and the way up are no entries, quotes and entities are read', async () => {
  await using server = await serving(
    page([
      '<a href="?C=N;O=D">Name</a> <a href="/">Parent Directory</a>',
      '<A HREF="a&amp;b.txt"><img src="/icons/text.gif"></A> <a href="a&amp;b.txt">a&amp;b.txt</a>',
      "<a class=x href='it%27s'>it's</a> <a href=plain>plain</a> <a name=x>no link</a>",
      '<a href="sub/">sub/</a>',
    ]),
  );
  const found = await listed(server);
  assert.deepEqual(
    found.map(({ kind, path }) => [kind, Buffer.from(path).toString()]),
    [
      ['file', 'a&b.txt'],
      ['file', "it's"],
      ['file', 'plain'],
      ['directory', 'sub'],
    ],
  );
});

test('names that no path can hold are said, and never used', async () => {
  const bad = ['%2e%2e', '%2e%2e/', '%2e', 'a%2fb', '..%2f..%2fetc%2fpasswd', 'x%00y', '%', '%zz'];
  await using server = await serving(page([...bad, 'good'].map((href) => `<a href="${href}">x</a>`)));
  const found = await listed(server);
  assert.deepEqual(
    found.map(({ kind }) => kind),
    [...bad.map(() => 'unlisted'), 'file'],
  );
  assert.deepEqual(server.asked, ['GET /d/', 'HEAD /d/good']);
});

test('the same in JSON', async () => {
  const names = ['..', '.', 'a/b', '/etc/passwd', '../x', '', 'x\0y', 'caf\xe9 \u2028', '-rf'];
  const list = names.map((name) => ({ name, type: 'file' }));
  await using server = await serving(JSON.stringify(list), 'application/json');
  const found = await listed(server);
  assert.deepEqual(
    found.map(({ kind }) => kind),
    [...Array.from({ length: 7 }, () => 'unlisted'), 'file', 'file'],
  );
});

describe('what is no list is no directory', () => {
  const pages: Record<string, readonly [html: string, type?: string]> = {
    'a page with links': [page(['<a href="x">x</a>'], 'Welcome')],
    'a very long page': [page([`${' '.repeat(200_000)}<a href="x">x</a>`], 'Welcome')],
    'a page that is called like its path': [page(['<a href="x">x</a>'], '/d')],
    'a page that can be sorted': [page(['<a href="?sort=name">Name</a> <a href="x">x</a>'], '/e')],
    'plain text': ['Index of /', 'text/plain'],
    'JSON of something else': ['{"name":"x"}', 'application/json'],
    'JSON that breaks off': ['[{"name":"x"', 'application/json'],
    'a list of other things': ['[1,2]', 'application/json'],
  };
  for (const [what, [html, type]] of Object.entries(pages))
    test(what, async () => {
      await using server = await serving(html, type);
      await assert.rejects(listed(server), isKind('unsupported'));
      assert.deepEqual(server.asked, ['GET /d/']);
    });
});

describe('a list that ends when the connection does', () => {
  const whole = page(['<a href="x">x</a>', '<a href="y">y</a>', '']);
  const serve = (sent: string) =>
    scripted((request, response) => {
      if (!request.url!.endsWith('/')) return give({ content: Buffer.from('x') }, request, response);
      request.socket.end(`HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n${sent}`);
    });

  test('is read where it says that this was its end', async () => {
    for (const sent of [whole, whole.replace('</html>', '\n'), `${whole.toUpperCase()}\n<!-- 3 ms -->\n`]) {
      await using server = await serve(sent);
      assert.equal((await listed(server)).length, 2);
    }
  });

  test('is not whole where that is missing', async () => {
    for (const before of ['</body>', '\n<a href="y">', '<a href="x">']) {
      await using server = await serve(whole.slice(0, whole.indexOf(before)));
      await assert.rejects(listed(server), { kind: 'transient', message: /: its list was cut off/ });
    }
  });
});

test('a list that does not end is read as far as it is wanted, in bounded memory', async () => {
  const stop = new AbortController();
  const tags = `<a ${'x'.repeat(100_000)}`;
  let sent = 0;
  await using server = await scripted((request, response) => {
    if (!request.url!.endsWith('/')) return give({ content: Buffer.from('x') }, request, response);
    response.writeHead(200, { 'content-type': 'text/html' }).write('<title>Index of /</title>');
    const more = () => {
      sent += tags.length;
      response.write(tags);
      if (sent > 100 * 2 ** 20) stop.abort('enough');
    };
    response.on('drain', more);
    more();
  });
  const before = process.memoryUsage().rss;
  const reading = Array.fromAsync(server.store('/d/').list(itself, stop.signal));
  await assert.rejects(reading, (reason) => reason === 'enough');
  const grown = process.memoryUsage().rss - before;
  assert.ok(grown < 200 * 2 ** 20, `${grown} bytes`);
});

test('a file that is listed and not there, or not allowed, is said; others are found', async () => {
  await using server = await scripted((request, response) => {
    const html = page(['<a href="gone">gone</a>', '<a href="mine">mine</a>', '<a href="here">here</a>']);
    if (request.url === '/d/') response.writeHead(200, { 'content-type': 'text/html' }).end(html);
    else if (request.url === '/d/gone') response.writeHead(404).end();
    else if (request.url === '/d/mine') response.writeHead(403).end();
    else give({ content: Buffer.from('x') }, request, response);
  });
  const found = await listed(server);
  assert.deepEqual(
    found.map((one) => (one.kind === 'unlisted' ? one.error.kind : one.kind)),
    ['missing', 'denied', 'file'],
  );
});
