import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorOf } from '../far/ground.ts';
import { needs } from '../peer.ts';
import { freePort } from '../port.ts';
import { place } from '../survive/ground.ts';
import type { Ended } from '../survive/program.ts';
import { startForward } from './forward.ts';
import { type Web, web } from './ground.ts';

// The ways in and out: who we are, proxies, certificates. The program as a person runs it.

const skip = needs('nginx', 'openssl');
const secret = 'hunter2 "\\';

function said(ended: Ended): string {
  return ended.stderr + JSON.stringify(ended.said);
}

test('a server lets us in by environment, file or ~/.netrc; nobody else hears it', { skip }, async () => {
  using at = place();
  const users = join(at.path, 'users');
  fs.writeFileSync(users, `me:{PLAIN}${secret}\n`, { mode: 0o644 });
  await using here = await web({ lines: ['auth_basic x;', `auth_basic_user_file ${users};`] });
  const { server, dest, home } = here;
  fs.writeFileSync(join(server.root, 'f'), 'content');
  const words = ['transfer', server.url('f'), dest];
  const named = { DIFPIPE_SOURCE_USER: 'me', DIFPIPE_SOURCE_PASSWORD: secret };
  const netrc = join(home, '.netrc');
  const denied = await here.runTo(1, words);
  assert.match(errorOf(denied).message, /the server does not know who asks, .* \(HTTP 401\)/);
  const wrong = await here.runTo(1, words, { env: { ...named, DIFPIPE_SOURCE_PASSWORD: 'hunter3' } });
  assert.ok(!said(wrong).includes('hunter'));

  const ways: (() => Promise<Ended>)[] = [
    () => here.runTo(0, words, { env: named }),
    () => {
      const file = join(at.path, 'password');
      fs.writeFileSync(file, `${secret}\n`, { mode: 0o600 });
      return here.runTo(0, [...words, '--source-password-file', file], {
        env: { DIFPIPE_SOURCE_USER: 'me' },
      });
    },
    () => {
      fs.writeFileSync(netrc, `machine 127.0.0.1 login me password "hunter2 \\"\\\\"\n`, { mode: 0o600 });
      return here.runTo(0, words);
    },
  ];
  for (const way of ways) {
    const ended = await way();
    assert.ok(!said(ended).includes('hunter'), said(ended));
    assert.equal(fs.readFileSync(dest, 'utf8'), 'content');
    fs.rmSync(dest);
  }
  fs.chmodSync(netrc, 0o644);
  assert.match(
    errorOf(await here.runTo(5, words)).message,
    /^others may read the passwords in \S+\/\.netrc$/,
  );
  fs.rmSync(netrc);
  const up = await here.runTo(0, ['transfer', users, server.url('up')], {
    env: { DIFPIPE_DEST_USER: 'me', DIFPIPE_DEST_PASSWORD: secret },
  });
  assert.ok(!said(up).includes('hunter'));
  assert.equal(fs.existsSync(join(server.root, 'up')), true);
  const files = fs.readdirSync(here.state, { recursive: true, encoding: 'utf8', withFileTypes: true });
  for (const file of files.filter((one) => one.isFile()))
    assert.ok(!fs.readFileSync(join(file.parentPath, file.name)).includes('hunter'), file.name);
});

test('a token from the environment', { skip }, async () => {
  await using here = await web({ lines: ['if ($http_authorization != "Bearer t0ken") { return 401; }'] });
  fs.writeFileSync(join(here.server.root, 'f'), 'content');
  const words = ['transfer', here.server.url('f'), here.dest];
  await here.runTo(1, words);
  const ended = await here.runTo(0, words, { env: { DIFPIPE_SOURCE_TOKEN: 't0ken' } });
  assert.ok(!said(ended).includes('t0ken'));
});

test('a certificate that nobody vouches for is refused, and taken where somebody does', {
  skip,
}, async () => {
  await using here = await web({ https: true });
  const { server, dest } = here;
  fs.writeFileSync(join(server.root, 'f'), 'content');
  const words = ['transfer', server.url('f'), dest];
  const { message, hint } = errorOf(await here.runTo(5, words));
  assert.match(message, /^cannot look at https:\S+\/f: its certificate cannot be trusted/);
  assert.match(hint, /NODE_EXTRA_CA_CERTS/);
  const env = { NODE_EXTRA_CA_CERTS: join(server.root, '../cert.pem') };
  await here.runTo(0, words, { env });
  assert.equal(fs.readFileSync(dest, 'utf8'), 'content');
  const other = server.url('f').replace('127.0.0.1', 'localhost');
  assert.match(
    errorOf(await here.runTo(5, ['ls', other], { env })).message,
    /certificate is for another host/,
  );
});

async function through(here: Web, env: NodeJS.ProcessEnv, status = 0): Promise<Ended> {
  fs.rmSync(here.dest, { force: true });
  const extra = { NODE_EXTRA_CA_CERTS: join(here.server.root, '../cert.pem') };
  return here.runTo(status, ['transfer', '--retries', '0', here.server.url('f'), here.dest], {
    env: { ...extra, ...env },
  });
}

for (const https of [false, true])
  test(`a proxy is the way to ${https ? 'https' : 'http'} servers, but for those of no_proxy`, {
    skip,
  }, async () => {
    await using here = await web({ https });
    await using by = await startForward();
    fs.writeFileSync(join(here.server.root, 'f'), 'content');
    const name = https ? 'https_proxy' : 'http_proxy';
    await through(here, { [name]: `http://me:pass@${by.url}` });
    assert.equal(fs.readFileSync(here.dest, 'utf8'), 'content');
    const asked = new Set(by.asked);
    const wanted = https ? `CONNECT 127.0.0.1:${here.server.port}` : `GET ${here.server.url('f')}`;
    assert.ok(asked.has(wanted), [...asked].join());
    by.asked.length = 0;
    await through(here, { [name]: `me:pass@${by.url}` });
    assert.ok(by.asked.length > 0);
    by.asked.length = 0;
    await through(here, { all_proxy: `http://me:pass@${by.url}`, no_proxy: '127.0.0.1' });
    assert.deepEqual(by.asked, []);
    const refused = await through(here, { [name]: `http://me:wrong@${by.url}` }, 1);
    assert.ok(by.asked.length > 0);
    assert.ok(!said(refused).includes('wrong'));
    const { message: unknown } = errorOf(refused);
    assert.match(unknown, new RegExp(`the proxy http://${by.url} does not take the user .*HTTP 407`));
    fs.writeFileSync(here.dest, 'content');
    const up = ['transfer', '--retries', '0', here.dest, here.server.url('up')];
    const extra = { NODE_EXTRA_CA_CERTS: join(here.server.root, '../cert.pem') };
    await here.runTo(0, up, { env: { ...extra, [name]: `http://me:pass@${by.url}` } });
    assert.equal(fs.readFileSync(join(here.server.root, 'up'), 'utf8'), 'content');
    const away = await through(here, { [name]: `http://127.0.0.1:${await freePort()}` }, 1);
    assert.match(errorOf(away).message, /the proxy http:\S+ is not reached \(ECONNREFUSED\)/);
    by.refuses = 403;
    const denied = await through(here, { [name]: `http://me:pass@${by.url}` }, 1);
    const refusal = https ? /the proxy http:\S+ lets nobody through to 127.*HTTP 403/ : /does not allow it/;
    assert.match(errorOf(denied).message, refusal);
    const { message } = errorOf(await through(here, { [name]: 'socks5://127.0.0.1:1' }, 2));
    assert.match(message, /^the proxy of https?_proxy is no http:\/\/ address$/);
  });

for (const protocol of ['http', 'https'])
  test(`a proxy that says nothing holds no run up that is stopped, on the way to ${protocol}`, {
    skip,
    timeout: 40_000,
  }, async () => {
    await using here = await web();
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const words = ['transfer', `${protocol}://x.invalid/f`, here.dest];
    const env = { [`${protocol}_proxy`]: `127.0.0.1:${port}` };
    const running = here.start(words, { env });
    const [socket] = (await once(silent, 'connection')) as [Socket];
    running.child.kill('SIGINT');
    assert.equal((await running.ended).status, 130);
    socket.destroy();
    silent.close();
  });
