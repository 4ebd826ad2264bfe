import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { gather } from '../../src/ssh/programs/tail.ts';

async function gathered(chunks: readonly string[]) {
  const { text, over } = gather(Readable.from(chunks.map((chunk) => Buffer.from(chunk))));
  await over;
  return text;
}

test('gather() has all that was said, and shows it so that no terminal is harmed', async () => {
  const text = await gathered(['one\ntw', 'o \x1b[2J\n']);
  assert.deepEqual([text(), text('all')], ['one\ntwo \\033[2J', 'one\ntwo \\033[2J']);
});

test('gather() shows a few whole lines of much, and has many more', async () => {
  const lines = Array.from({ length: 60_000 }, (_, at) => `line ${at} ${'x'.repeat(at % 40)}`);
  const text = await gathered(lines.map((line) => `${line}\n`));
  for (const [how, least, most] of [
    [undefined, 100, 4096],
    ['all', 400_000, 512 * 1024],
  ] as const) {
    const said = text(how);
    assert.ok(said.length > least && said.length <= most, `${said.length}`);
    assert.deepEqual(said.split('\n'), lines.slice(-said.split('\n').length));
  }
});

test('gather() keeps the end of what comes at once, and of what has no lines', async () => {
  const whole = 'y'.repeat(3 << 20);
  for (const chunks of [[`${whole}\nthe end\n`], [whole, '\nthe end\n']])
    assert.equal((await gathered(chunks))('all'), 'the end');
  assert.equal((await gathered(['z'.repeat(100)]))(), 'z'.repeat(100));
});
