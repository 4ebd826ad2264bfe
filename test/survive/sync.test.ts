/** The disk says that it could not keep what was written: it is written again from the source, or it is not called done. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { traced, wasInjected } from './fault.ts';
import { place } from './ground.ts';
import { assertSame, assertStatus, runTo } from './program.ts';

describe('a barrier that fails', { skip: needs('strace', 'rsync') }, () => {
  test('has what it was about written again from the source', async () => {
    using here = place();
    const { source, dest, state } = made(here.path);
    const words = ['transfer', source, dest];
    const { ended, calls } = await traced(here.path, ['-e', 'inject=syncfs:error=EIO:when=1'], state, words);
    assert.ok(calls.some(wasInjected));
    assertStatus(0, ended);
    assertSame(source, dest);
    const opened = calls.filter(({ line }) => line.includes('O_TMPFILE') || /openat\(.*\.part/.test(line));
    assert.ok(opened.length >= 2 * files, `${opened.length} files were begun`);
  });

  test('each time ends the run as failed, and it can be resumed', async () => {
    using here = place();
    const { source, dest, state } = made(here.path);
    const words = ['transfer', '--retries', '1', source, dest];
    const { ended, calls } = await traced(here.path, ['-e', 'inject=syncfs:error=EIO'], state, words);
    assertStatus(1, ended);
    assert.equal(ended.summary?.outcome, 'failed');
    assert.equal(calls.filter(wasInjected).length, 2);
    const warnings = ended.said
      .filter(({ type }) => type === 'warning')
      .map(({ message }) => String(message));
    assert.match(warnings.at(-1)!, /^the destination could not sync: .* is written again by the next run$/);
    const { summary } = await runTo(0, state, ['runs', 'resume', ended.summary!.run]);
    assert.equal(summary!.tally.copied, files);
    assertSame(source, dest);
  });
});

const files = 40;

function made(path: string) {
  const source = join(path, 'from');
  fs.mkdirSync(join(source, 'deep'), { recursive: true });
  for (let i = 0; i < files; i++)
    fs.writeFileSync(join(source, i % 2 ? 'deep' : '.', `f${i}`), `file ${i}\n`);
  return { source, dest: join(path, 'to'), state: join(path, 'state') };
}
