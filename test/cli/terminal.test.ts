import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { program } from '../built.ts';
import { needs } from '../peer.ts';
import { directory, environment } from './difpipe.ts';

const skip = needs('script');

/** What a terminal of so many columns receives from a transfer that takes a while. */
function onTerminal(
  columns: number,
  flags: string,
  env: NodeJS.ProcessEnv = {},
): { code: number; received: string } {
  const here = directory();
  const [source, dest] = [join(here, 'from'), join(here, 'to')];
  fs.mkdirSync(source);
  fs.writeFileSync(join(source, 'big'), Buffer.alloc(5e6, 'x'));
  fs.writeFileSync(join(source, 'small'), 'x');
  const transfer = `${program.join(' ')} transfer --bwlimit 2M ${flags} ${source} ${dest}`;
  const { status, stdout } = spawnSync('script', ['-qec', `stty cols ${columns}; ${transfer}`, '/dev/null'], {
    env: environment({ TERM: 'xterm', LC_ALL: 'C.UTF-8', ...env }),
    encoding: 'utf8',
    input: '',
  });
  return { code: status!, received: stdout };
}

/** The lines that are left on a terminal: what was drawn over is gone. */
function left(received: string): string[] {
  const lines = received.replaceAll('\r\n', '\n').split('\n');
  return lines.map((line) =>
    line
      .split(/\x1b\[2K|\x1b\[1G\x1b\[0K/)
      .at(-1)!
      .replace(/\x1b\[\d*[A-Z]|\r/g, ''),
  );
}

test('on a terminal a bar is drawn on one line, and gone at the end', { skip }, () => {
  const { code, received } = onTerminal(120, '-v');
  assert.equal(code, 0, received);
  assert.match(received, /\[█*░+\] .*of \d.*MB.*MB\/s.*ETA.*entries.*lane/);
  assert.doesNotMatch(received, /\x1b[78]|\x1b\[\?/);
  const lines = left(received);
  assert.ok(!lines.some((line) => line.includes('░')), received);
  for (const expected of ['copy    big', 'copy    small']) assert.ok(lines.includes(expected), received);
  assert.match(lines.at(-2)!, /^took /);
  assert.equal(lines.at(-1), '');
});

test('on a narrow terminal no line is wider than it', { skip }, () => {
  const { received } = onTerminal(40, '');
  const drawn = received.split(/\r|\n|\x1b\[\d*[GK]/).filter((line) => /^(scanning|\d+ %) /.test(line));
  assert.ok(drawn.length > 0);
  for (const line of drawn) assert.ok(line.length < 40, line);
});

test('help is broken between words, as wide as the terminal but no wider than 100 columns', { skip }, () => {
  const widest = (columns: number) => {
    const words = `stty cols ${columns}; ${program.join(' ')} transfer --help`;
    const { stdout } = spawnSync('script', ['-qec', words, '/dev/null'], {
      env: environment(),
      encoding: 'utf8',
      input: '',
    });
    const about = stdout.slice(0, stdout.indexOf('Examples:')).split(/\r?\n/);
    return Math.max(...about.map((line) => line.length));
  };
  for (const columns of [70, 90]) assert.ok(widest(columns) > columns - 10 && widest(columns) <= columns);
  assert.ok(widest(200) > 90 && widest(200) <= 100);
});

test('a picture has colours on a terminal, and none with NO_COLOR', { skip }, () => {
  const coloured = (env: NodeJS.ProcessEnv) => {
    const words = `${program.join(' ')} analyze ${directory()}`;
    const how = { env: environment({ TERM: 'xterm', ...env }), encoding: 'utf8', input: '' } as const;
    const { stdout } = spawnSync('script', ['-qec', words, '/dev/null'], how);
    assert.match(stdout, /Recommended/);
    return /\x1b\[\d+m/.test(stdout);
  };
  assert.deepEqual([coloured({ NO_COLOR: undefined }), coloured({ NO_COLOR: '1' })], [true, false]);
});

for (const [flags, env] of [
  ['--progress none', {}],
  ['--progress line', {}],
  ['--quiet', {}],
  ['', { TERM: 'dumb' }],
] as const) {
  test(`no bar is drawn with ${flags || 'TERM=dumb'}`, { skip }, () => {
    const { code, received } = onTerminal(100, flags, env);
    assert.equal(code, 0);
    assert.doesNotMatch(received, /░|\x1b/);
  });
}
