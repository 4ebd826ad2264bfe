import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { place } from '../survive/ground.ts';
import { failures, runTo } from '../survive/program.ts';
import { give, scripted } from './scripted.ts';

// A web server that fails with some of what it lists, however often it is asked.

const env = { HOME: '/nonexistent', http_proxy: '', all_proxy: '', ALL_PROXY: '' };
const content = Buffer.from('content');

async function fetched(
  names: readonly string[],
  status: number,
  isBroken: (name: string, method: string) => boolean,
) {
  using at = place();
  const index = Buffer.from(
    `<html><title>Index of /tree/</title><body>${names.map((name) => `<a href="${name}">${name}</a>`).join('\n')}</body></html>`,
  );
  await using server = await scripted((request, response) => {
    const name = request.url!.slice('/tree/'.length);
    if (name === '')
      return give({ content: index, headers: { 'content-type': 'text/html' } }, request, response);
    if (!isBroken(name, request.method!)) return give({ content }, request, response);
    response.writeHead(500).end();
  });
  const to = join(at.path, 'to');
  const words = ['transfer', '--retries', '0', `${server.origin}/tree/`, to];
  const ended = await runTo(status, join(at.path, 'state'), words, { env });
  return { ended, got: fs.existsSync(to) ? fs.readdirSync(to).sort() : [] };
}

test('all others come where a server fails with one for good, whose name is told', async () => {
  const { ended, got } = await fetched(['a', 'broken', 'z'], 3, (name) => name === 'broken');
  assert.deepEqual(got, ['a', 'z']);
  assert.deepEqual([...failures(ended).keys()], ['broken']);
});

test('they come, too, where the server fails only when it is read', async () => {
  const isBroken = (name: string, method: string) => name === 'broken' && method === 'GET';
  const { ended, got } = await fetched(['a', 'broken', 'z'], 3, isBroken);
  assert.deepEqual(got, ['a', 'z']);
  assert.deepEqual([...failures(ended).keys()], ['broken']);
});

test('the run ends where a server fails with all of many', async () => {
  const names = Array.from({ length: 200 }, (_, at) => `f${at}`);
  const { ended, got } = await fetched(names, 1, () => true);
  assert.deepEqual(got, []);
  assert.ok(failures(ended).size < 100, `${failures(ended).size} were tried`);
});
