import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { counted } from '../store/bodies.ts';
import { place } from '../survive/ground.ts';
import { runTo } from '../survive/program.ts';
import { give, scripted } from './scripted.ts';

// Servers that tell the state of a file by its tag alone.

const env = { HOME: '/nonexistent', http_proxy: '', all_proxy: '', ALL_PROXY: '' };
const page = '<html><head><title>Index of /d/</title></head><body><a href="f">f</a></body></html>';
const small = counted(1000);
const large = counted(20 * 2 ** 20);

const cases = {
  'a small one': { from: '/d/f', to: 'f', copy: 'f', content: small },
  'a large one': { from: '/d/f', to: 'f', copy: 'f', content: large },
  'one of a tree': { from: '/d/', to: 'tree', copy: 'tree/f', content: small },
  'a large one of a tree': { from: '/d/', to: 'tree', copy: 'tree/f', content: large },
} as const;

for (const [what, { from, to, copy, content: first }] of Object.entries(cases))
  test(`${what} is read again where its tag, or its copy, is another one, and else is not`, async () => {
    using at = place();
    let [content, etag] = [first, '"1"'];
    await using server = await scripted((request, response) => {
      const headers = { etag, 'last-modified': '' };
      if (request.url !== '/d/') give({ content, headers }, request, response);
      else response.writeHead(200, { 'content-type': 'text/html' }).end(page);
    });
    const path = join(at.path, copy);
    const words = ['transfer', `${server.origin}${from}`, join(at.path, to)];
    const isRead = async () => {
      const { length } = server.asked;
      await runTo(0, join(at.path, 'state'), words, { env });
      assert.ok(fs.readFileSync(path).equals(content));
      return server.asked.slice(length).some((one) => one.startsWith('GET /d/f'));
    };
    assert.deepEqual([await isRead(), await isRead(), await isRead()], [true, false, false]);
    fs.writeFileSync(path, Buffer.from(content).reverse());
    assert.deepEqual([await isRead(), await isRead()], [true, false]);
    [content, etag] = [Buffer.from(content).reverse(), '"2"'];
    assert.deepEqual([await isRead(), await isRead()], [true, false]);
  });
