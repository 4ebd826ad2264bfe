import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { directory, objects, start } from './difpipe.ts';
import { tree } from './trees.ts';

test('split says how far it is when it is asked', async () => {
  const here = directory();
  const entries = Array.from({ length: 60 * 50 }, (_, at) => [`${at % 60}/${at}`, 'x'] as const);
  const source = tree(join(here, 'source'), Object.fromEntries(entries));
  const words = ['split', source, '--part-files', '1', '--out', join(here, 'lists'), '--json'];
  const child = start([...words, '--progress', 'none']);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  while (!fs.existsSync(join(here, 'lists/000001.unfinished'))) await new Promise(setImmediate);
  child.kill('SIGQUIT');
  assert.equal(await new Promise((resolve) => child.on('close', resolve)), 0);
  const [status, split] = objects(said) as { type: string; files: number; entries: number }[];
  assert.deepEqual([status!.type, split!.type, split!.entries], ['status', 'split', 3000]);
  assert.ok(status!.files > 0 && status!.files < 3000, `${status!.files}`);
});
