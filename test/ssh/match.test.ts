// Where Match lines of ssh_config lead: to the same host as ssh.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { targetOf } from '../../src/ssh/config/target.ts';
import { openHost } from '../../src/ssh/host.ts';
import { needs } from '../peer.ts';
import { freePort } from '../port.ts';
import { fails } from './fails.ts';
import { startSshd } from './sshd.ts';

const { username, homedir } = userInfo();
const access = {
  ...{ password: undefined, ask: undefined, acceptNewHostKeys: false, agentSocket: undefined },
  ...{ home: homedir, userName: username, variable: () => undefined },
};
const never = new AbortController().signal;

const targetBy = (text: string, host = 'prod', user?: string, signal = never) =>
  targetOf({ host, user, port: undefined }, access, [{ text, include: () => [] }], signal);

test('openHost() goes where Match exec says', { skip: needs('sshd', 'ssh') }, async () => {
  await using server = await startSshd();
  const config = `Match host prod exec "test %n-%h-%p = prod-prod-22"
  HostName 127.0.0.1
  Port ${server.port}
Host prod
  HostName 127.0.0.1
  Port ${await freePort()}\n`;
  fs.writeFileSync(join(server.home, '.ssh/config'), config);
  const place = { ...server.place(), host: 'prod', port: undefined };
  await using host = await openHost(place, server.access, never);
  assert.match(host.name, new RegExp(`:${server.port}$`));
});

const ways = [
  ['Match exec "true"', 'Match exec "false"', 'Match !exec "false"', 'Match exec "exit 3"'],
  ['Match host other exec "true"', 'Match host prod exec true', 'Match exec "X=1 && test $X = 1"'],
  ['Match exec "test %n = prod && test %r = you && test %u != %r"', 'Match user you exec "test %% = %%"'],
  ['Match final', 'Match !final', 'Match canonical', 'Match !canonical all', 'Match final all'],
  [
    'Match final host real',
    'Match final originalhost real',
    'Match final\nHost real',
    'Match !final\nHost real',
  ],
  [
    'Match final exec "test %h = real"',
    'Match final exec "test %h = prod"',
    'Match final user you !host real',
  ],
].flat();

test('targetOf() agrees with ssh -G about Match', { skip: needs('ssh') }, async () => {
  const at = fs.mkdtempSync(join(tmpdir(), 'difpipe-match-'));
  try {
    for (const way of ways) {
      const config = `Host prod\nHostName real\nIdentityFile /one\n${way}\nPort 42\nIdentityFile /two\n`;
      fs.writeFileSync(join(at, 'config'), config);
      const said = ssh('-F', join(at, 'config'), '-G', 'you@prod');
      const ours = await targetBy(config, 'prod', 'you');
      assert.equal(`${ours.port}`, /^port (.*)$/m.exec(said)?.[1], way);
      assert.equal(ours.host, 'real', way);
      assert.equal(ours.identityFiles.length, said.match(/^identityfile /gm)?.length, way);
    }
  } finally {
    fs.rmSync(at, { recursive: true });
  }
});

test('Match exec is told what ssh tells it', { skip: needs('ssh') }, async () => {
  const at = fs.mkdtempSync(join(tmpdir(), 'difpipe-match-'));
  try {
    const tokens = '%C %L %d %h %i %k %l %n %p %r %u %%';
    const config = `Host prod\nHostName %h.example.org\nPort 7\nUser me\nHostKeyAlias key
Match exec "echo $0 '${tokens}' >> ${at}/told"\nConnectTimeout 3\n`;
    fs.writeFileSync(join(at, 'config'), config);
    ssh('-F', join(at, 'config'), '-G', 'prod');
    await targetBy(config);
    const [theirs, ours] = fs.readFileSync(join(at, 'told'), 'utf8').split('\n');
    assert.match(theirs!, /prod\.example\.org .* key .* prod 7 me /);
    assert.equal(ours, theirs);
  } finally {
    fs.rmSync(at, { recursive: true });
  }
});

function ssh(...args: string[]): string {
  return execFileSync('ssh', ['-T', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

test('Match exec runs nothing for a host that no shell should be told of, and ends with the run', async () => {
  const stop = new AbortController();
  const waiting = targetBy('Match exec "sleep 1000"\nPort 1', 'prod', undefined, stop.signal);
  stop.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  for (const [host, user] of [['$(id)'], ['prod', '`id`']] as const)
    await assert.rejects(
      targetBy('Match exec "kill -9 $$"\nPort 1', host, user),
      fails('usage', /cannot be a (host|user) of SSH/),
    );
  await assert.rejects(
    targetBy('Match exec "kill -9 $$"'),
    fails('usage', /'kill -9 \$\$' was ended by SIGKILL/),
  );
});

test('Match tagged and localnetwork are what ssh 9.4 means by them', async () => {
  const table = [
    ['Tag a\nMatch tagged b,a', 42],
    ['Match tagged a', 22],
    ['Match localnetwork 127.0.0.0/8', 42],
    ['Match localnetwork 240.0.0.0/8,127.0.0.1', 42],
    ['Match localnetwork 240.0.0.0/8,2001:db8::/32', 22],
  ] as const;
  for (const [way, port] of table) assert.equal((await targetBy(`${way}\nPort 42`)).port, port, way);
});

test('targetOf() refuses to go where a Match that is not understood decides', async () => {
  const refused = fails('usage', /'Match version' decide where to go.*\n.*Host block/);
  await assert.rejects(targetBy('Match host prod version OpenSSH_10.*\nPort 1'), refused);
  await assert.rejects(targetBy('Match version OpenSSH_10.* host prod\nInclude x'), refused);
  const passed = [
    'Match host other version x\nPort 1',
    'Match version x\nConnectTimeout 9',
    'Port 22\nMatch version x\nPort 1',
  ];
  for (const text of passed) assert.equal((await targetBy(text)).port, 22, text);
});
