import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { configure } from '../ssh/sshd.ts';
import { assertSame } from '../survive/program.ts';
import { errorOf, type Far, far, startsAtHome } from './ground.ts';
import { ordinary } from './tree.ts';

// What a place is called is data: it arrives there, or is refused, and nothing of it is ever run.

const skip = needs('sshd', 'rsync');

const names = [
  '-rf',
  '--server',
  '-oProxyCommand=touch pwned',
  '$(touch pwned)',
  '`touch pwned`',
  '; touch pwned;',
  "'; touch pwned; '",
  '"; touch pwned; "',
  'a\ntouch pwned\n',
  '!touch pwned',
  '| touch pwned',
  '~',
  '*',
  'back\\slash \\$(touch pwned)',
  'caf\u00e9 \u{1f600}',
  ' space ',
] as const;

test('directories of any name are gone into on the far side, and nothing is run', { skip }, async () => {
  await using here = await far({ options: [startsAtHome] });
  ordinary(here.source, { files: 30 });
  const at = join(here.path, ...names);
  fs.mkdirSync(at, { recursive: true });
  await here.runTo(0, ['transfer', here.source, here.url(at)]);
  assertSame(here.source, at);
  await here.runTo(0, ['transfer', here.url(at), here.dest]);
  assertSame(here.source, here.dest);
  configure(here.server, `Port ${here.server.port}`);
  for (const name of names.slice(0, 5)) {
    await here.runTo(0, ['transfer', here.source, `root@127.0.0.1:${name}`]);
    assertSame(here.source, join(here.server.home, name));
  }
  assertNothingRan(here);
});

test('a path that is not UTF-8 is gone into', { skip }, async () => {
  await using here = await far();
  ordinary(here.source, { files: 3 });
  const at = Buffer.concat([Buffer.from(`${here.path}/caf`), Buffer.of(0xe9)]);
  const url = `${here.url(here.path)}/caf%E9`;
  await here.runTo(0, ['transfer', here.source, url]);
  assert.deepEqual(fs.readdirSync(at).sort(), fs.readdirSync(here.source).sort());
  const listed = await here.runTo(0, ['runs', 'list']);
  assert.ok(String(listed.said[0]!.dest).endsWith('/caf%E9'));
});

const refused = [
  'ssh://-oProxyCommand=touch%20pwned/x',
  'root@-oProxyCommand=touch pwned:/x',
  '-oProxyCommand=x@127.0.0.1:/x',
  'ssh://-lroot@127.0.0.1/x',
  '$(touch pwned)@127.0.0.1:/x',
  'root@$(touch pwned):/x',
  'root@`touch pwned`:/x',
  "root@'x':/x",
  'root@a b:/x',
  'root@a\nb:/x',
  'a"b@127.0.0.1:/x',
  'ssh://root@127.0.0.1:0/x',
  'ssh://root@127.0.0.1:99999/x',
  'ssh://root@127.0.0.1/%00',
] as const;

test('hosts and users that could be something else are refused', { skip }, async () => {
  await using here = await far({ config: ['ProxyCommand touch %n.%r.pwned pwned'] });
  for (const word of refused) {
    const { status, stderr } = await here.run(['transfer', '--', here.source, word]);
    assert.equal(status, 2, word);
    assert.match(stderr, /^difpipe: [\x20-\x7e]+\n$/, word);
  }
  assertNothingRan(here);
});

test('a HostName and User of the configuration are not trusted more', { skip }, async () => {
  await using here = await far();
  configure(
    here.server,
    'ProxyCommand nc %h %p',
    'Host one',
    'HostName $(touch\tpwned)',
    'Host two',
    'User `touch\tpwned`',
  );
  for (const host of ['ssh://one/x', 'ssh://two/x']) {
    const { message, hint } = errorOf(await here.runTo(2, ['transfer', here.source, host]));
    assert.match(`${message}; ${hint}`, /cannot be a (host|user) of SSH; look at HostName and User/);
  }
  assertNothingRan(here);
});

function assertNothingRan({ path, server }: Far): void {
  for (const root of [path, server.home, '/'])
    assert.deepEqual(
      fs.readdirSync(root).filter((name) => name.endsWith('pwned') && !names.some((known) => known === name)),
      [],
    );
}
