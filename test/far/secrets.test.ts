import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { program } from '../built.ts';
import { needs } from '../peer.ts';
import { type Server, startServer } from '../ssh/server.ts';
import { configure } from '../ssh/sshd.ts';
import { place } from '../survive/ground.ts';
import { assertSame, familyOf, run, start } from '../survive/program.ts';
import { errorOf, homeOf, urlOf } from './ground.ts';
import { ordinary } from './tree.ts';

// A password is looked for wherever it could be found by others.

const skip = needs('sftp-server', 'rsync');
const canary = 'cAnArY-4711-sEcReT';

const relay =
  'const s = require("net").connect(%p, "%h").setNoDelay(); process.stdin.pipe(s); s.pipe(process.stdout)';

type Ground = AsyncDisposable & {
  readonly server: Server;
  readonly path: string;
  readonly source: string;
  readonly dest: string;
  readonly state: string;
};

/** A server that wants the password, reached through a program, so that there is a child to look at. */
async function ground(): Promise<Ground> {
  const here = place();
  const server = await startServer((auth) => {
    if (auth.method === 'password' && auth.password === canary) auth.accept();
    else auth.reject(['password']);
  });
  configure(server, `ProxyCommand ${process.execPath} -e '${relay}'`);
  const [source, dest, state] = ['from', 'to', 'state'].map((name) => join(here.path, name)) as Three;
  ordinary(source, { files: 10, largeMiB: 4 });
  const dispose = async () => {
    await server[Symbol.asyncDispose]();
    here[Symbol.dispose]();
  };
  return { server, path: here.path, source, dest, state, [Symbol.asyncDispose]: dispose };
}

type Three = [string, string, string];

function urlIn({ server }: Ground, path: string): string {
  return urlOf({ place: () => server.place }, path);
}

const ways = {
  'in the environment': (here: Ground) => ({
    words: [here.source, urlIn(here, here.dest)],
    env: { DIFPIPE_DEST_PASSWORD: canary },
  }),
  'of the source, in the environment': (here: Ground) => ({
    words: [urlIn(here, here.source), here.dest],
    env: { DIFPIPE_SOURCE_PASSWORD: canary },
  }),
  'in a file': (here: Ground) => ({
    words: ['--dest-password-file', passwordFile(here, 0o600), here.source, urlIn(here, here.dest)],
    env: {},
  }),
  'in the environment, with rsync': (here: Ground) => ({
    words: ['--strategy', 'rsync', here.source, urlIn(here, here.dest)],
    env: { DIFPIPE_DEST_PASSWORD: canary },
  }),
} as const;

function passwordFile({ path }: Ground, mode: number): string {
  const file = join(path, 'password');
  fs.writeFileSync(file, `${canary}\n`);
  fs.chmodSync(file, mode);
  return file;
}

describe('a password', { skip, concurrency: 4 }, () => {
  for (const [where, how] of Object.entries(ways)) {
    test(`${where} is nowhere else`, async () => {
      await using here = await ground();
      const { words, env } = how(here);
      const line = ['transfer', '-v', '--bwlimit', '2M', ...words];
      const running = start(here.state, line, {
        env: { ...homeOf(here.server), ...env, DIFPIPE_DEBUG: '1' },
      });
      await running.next('progress');
      const family = familyOf(running.child.pid!);
      assert.ok(family.length > 1);
      for (const pid of family) assertUnseen(`/proc/${pid}/cmdline`);
      for (const pid of family.slice(1)) assertUnseen(`/proc/${pid}/environ`);
      const ended = await running.ended;
      assert.equal(ended.status, 0, ended.stderr);
      assert.ok(!JSON.stringify(ended.said).includes(canary) && !ended.stderr.includes(canary));
      assert.throws(() => execFileSync('grep', ['-rqaF', canary, here.state]), { status: 1 });
      assertSame(here.source, here.dest);
    });
  }
});

function assertUnseen(path: string): void {
  assert.ok(!fs.readFileSync(path, 'latin1').includes(canary), path);
}

test('a wrong password is said to be wrong, and not what it was', { skip }, async () => {
  await using here = await ground();
  const env = { ...homeOf(here.server), DIFPIPE_DEST_PASSWORD: `${canary}-wrong`, DIFPIPE_DEBUG: '1' };
  const ended = await run(here.state, ['transfer', here.source, urlIn(here, here.dest)], { env });
  assert.equal(ended.status, 1);
  assert.match(errorOf(ended).message, /does not let us in: tried the password/);
  assert.ok(!JSON.stringify(ended.said).includes(canary) && !ended.stderr.includes(canary));
});

test('a password in a file that others may read is refused, before anything is sent', { skip }, async () => {
  await using here = await ground();
  const flags = ['--dest-password-file', passwordFile(here, 0o644)];
  const env = homeOf(here.server);
  const ended = await run(here.state, ['transfer', ...flags, here.source, urlIn(here, here.dest)], { env });
  assert.equal(ended.status, 5);
  const { message, hint } = errorOf(ended);
  assert.match(`${message}; ${hint}`, /others may read the password in .*; chmod 600/);
  assert.deepEqual(here.server.tried, []);
});

test('a password in the place is refused without repeating it', { skip }, async () => {
  await using here = await ground();
  const url = urlIn(here, here.dest).replace('you@', `you:${canary}@`);
  const ended = await run(here.state, ['transfer', here.source, url], { env: homeOf(here.server) });
  assert.equal(ended.status, 2);
  assert.match(ended.stderr, /must not hold a password/);
  assert.ok(!JSON.stringify(ended.said).includes(canary) && !ended.stderr.includes(canary));
});

test('a password that is asked for is not shown', { skip: skip || needs('script') }, async () => {
  await using here = await ground();
  const asking = onTerminal(here);
  await asking.shows('password of you@127.0.0.1');
  asking.child.stdin.write(`${canary}\r`);
  const { status, shown } = await asking.ended;
  assert.equal(status, 0, shown);
  assert.ok(!shown.includes(canary));
  assertSame(here.source, here.dest);
});

for (const [how, stop] of [
  ['Ctrl-C', (asking: Asking) => void asking.child.stdin.write('\x03')],
  ['SIGTERM', (asking: Asking) => void process.kill(Number(/pid (\d+)/.exec(asking.shown())![1]), 'SIGTERM')],
] as const) {
  test(`${how} while a password is asked for ends at once`, { skip: skip || needs('script') }, async () => {
    await using here = await ground();
    const asking = onTerminal(here);
    await asking.shows('password of');
    const startMs = performance.now();
    stop(asking);
    const { status, shown } = await asking.ended;
    assert.equal(status, how === 'SIGTERM' ? 143 : 130, shown);
    assert.match(shown, /stopped by SIG/);
    assert.ok(performance.now() - startMs < 5000);
  });
}

type Asking = ReturnType<typeof onTerminal>;

/** The transfer on a terminal, with the keys of who sits there. */
function onTerminal(here: Ground) {
  const words = [...program, 'transfer', '--progress', 'none', here.source, urlIn(here, here.dest)];
  const line = `stty -echo; echo pid $$; stty echo; exec ${words.map((word) => `'${word}'`).join(' ')}`;
  const env = { ...process.env, ...homeOf(here.server), DIFPIPE_STATE_DIR: here.state, TERM: 'xterm' };
  const child = spawn('script', ['-qec', line, '/dev/null'], { env });
  let shown = '';
  const told = new EventTarget();
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString('latin1');
    told.dispatchEvent(new Event('data'));
  });
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, shown }));
  const shows = async (text: string) => {
    while (!shown.includes(text)) {
      const over = await Promise.race([once(told, 'data'), ended]);
      if ('status' in over) assert.fail(`ended with ${over.status}: ${shown}`);
    }
  };
  return { child, ended, shows, shown: () => shown };
}
