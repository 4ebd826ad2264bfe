import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { makeKey } from '../ssh/sshd.ts';
import { errorOf, type Far, far } from './ground.ts';

// Who the host is, before anything is told to it.

const skip = needs('sshd', 'ssh-keygen');

test('a host that is not known is refused with its fingerprint, before we say who we are', {
  skip,
}, async () => {
  await using here = await far();
  fs.rmSync(knownHosts(here));
  for (const verb of [
    ['transfer', here.source, here.url(here.dest)],
    ['ls', here.url('/')],
    ['verify', here.source, here.url('/')],
  ]) {
    const { kind, message, hint } = errorOf(await here.runTo(5, verb));
    assert.equal(kind, 'refused');
    assert.ok(message.includes(fingerprintOf(here)), message);
    assert.match(hint, /--accept-new-host-keys/);
  }
  assert.doesNotMatch(here.server.log(), /publickey|Failed|Accepted|user root/);
  assert.equal(fs.existsSync(knownHosts(here)), false);
});

test('--accept-new-host-keys remembers a new one, and a changed one is refused all the same', {
  skip,
}, async () => {
  await using here = await far();
  fs.rmSync(knownHosts(here));
  const accept = '--accept-new-host-keys';
  fs.writeFileSync(join(here.source, 'file'), 'x');
  await here.runTo(0, ['transfer', accept, here.source, here.url(here.dest)]);
  assert.ok(fs.readFileSync(knownHosts(here), 'utf8').endsWith(` ${here.server.hostKey}\n`));
  await here.runTo(0, ['transfer', here.source, here.url(here.dest)]);
  await changeKey(here);
  const before = here.server.log().length;
  for (const flags of [[], [accept]]) {
    const { kind, message, hint } = errorOf(
      await here.runTo(5, ['transfer', ...flags, here.source, here.url(here.dest)]),
    );
    assert.equal(kind, 'refused');
    assert.match(message, /has changed/);
    assert.ok(message.includes(fingerprintOf(here)), message);
    assert.match(hint, /ssh-keygen -R/);
  }
  assert.doesNotMatch(here.server.log().slice(before), /publickey|Accepted/);
});

function knownHosts({ server }: Far): string {
  return join(server.home, '.ssh/known_hosts');
}

function fingerprintOf({ server }: Far): string {
  const said = execFileSync('ssh-keygen', ['-lf', join(server.home, 'host_key.pub')], { encoding: 'utf8' });
  return said.split(' ')[1]!;
}

async function changeKey({ server }: Far): Promise<void> {
  await server.kill();
  for (const name of ['host_key', 'host_key.pub']) fs.rmSync(join(server.home, name));
  makeKey(join(server.home, 'host_key'));
  await server.restart();
}
