import assert from 'node:assert/strict';
import type http from 'node:http';
import { test } from 'node:test';
import type { FileEntry } from '../../src/store/entry.ts';
import { itself } from '../../src/store/path.ts';
import { bytesOf, counted, signal } from '../store/bodies.ts';
import { MiB } from '../trees.ts';
import { give, scripted } from './scripted.ts';

// Connections of which one is slow, for as long as it is there.

const content = counted(8 * MiB);
const ranges = [0, 2, 4, 6].map((at) => ({ offset: at * MiB, length: 2 * MiB }));
const crumb = 64 * 1024;

/** 64 KiB each 200 ms, until nobody reads it. */
function drip(response: http.ServerResponse, part: Buffer): void {
  if (response.destroyed || part.length === 0) return;
  response.write(part.subarray(0, crumb));
  setTimeout(() => drip(response, part.subarray(crumb)), 200).unref();
}

/** 64 KiB, and then nothing, as after a lost packet that is lost again. */
function falterAfter(response: http.ServerResponse, part: Buffer): void {
  response.write(part.subarray(0, crumb));
}

for (const [how, slowly] of Object.entries({ 'comes slowly': drip, 'stays away': falterAfter }))
  test(`the rest of a range that ${how} is asked for anew, when all others are there`, () =>
    askedAnew(slowly));

async function askedAnew(slowly: typeof drip): Promise<void> {
  let isDripping = false;
  await using server = await scripted((request, response) => {
    const isFirst = request.headers.range === `bytes=${6 * MiB}-${8 * MiB - 1}`;
    if (!isFirst) return give({ content }, request, response);
    isDripping = true;
    const headers = { etag: '"one"', 'content-length': 2 * MiB };
    response.writeHead(206, { ...headers, 'content-range': `bytes ${6 * MiB}-${8 * MiB - 1}/${8 * MiB}` });
    slowly(response, content.subarray(6 * MiB));
  });
  const store = server.store('/f');
  const body = store.read((await store.stat(itself, signal)) as FileEntry);
  const parts = await Promise.all(ranges.map((range) => bytesOf(body, range)));
  assert.ok(Buffer.concat(parts).equals(content));
  assert.ok(isDripping);
  const late = server.asked.at(-1)!;
  assert.match(late, new RegExp(`^GET /f bytes=[0-9]+-${8 * MiB - 1}$`));
  assert.ok(Number(/=(\d+)/.exec(late)![1]) > 6 * MiB, late);
}

test('one range alone is not asked for twice, however slowly it comes', async () => {
  const most = 18 * crumb;
  await using server = await scripted((request, response) => {
    if (request.method === 'HEAD') return give({ content }, request, response);
    response.writeHead(206, {
      etag: '"one"',
      'content-length': most,
      'content-range': `bytes 0-${most - 1}/${8 * MiB}`,
    });
    drip(response, content.subarray(0, most));
  });
  const store = server.store('/f');
  const body = store.read((await store.stat(itself, signal)) as FileEntry);
  const came = await bytesOf(body, { offset: 0, length: most });
  assert.ok(came.equals(content.subarray(0, most)));
  assert.equal(server.asked.filter((one) => one.startsWith('GET')).length, 1);
});
