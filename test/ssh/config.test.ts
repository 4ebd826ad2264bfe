import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { configLines } from '../../src/ssh/config/config-lines.ts';
import { pathsLike } from '../../src/ssh/config/paths-like.ts';
import { matchesList } from '../../src/ssh/config/pattern.ts';
import type { ConfigText } from '../../src/ssh/config/settings.ts';
import { type Target, targetOf } from '../../src/ssh/config/target.ts';
import { needs } from '../peer.ts';
import { fails } from './fails.ts';

const { username, homedir } = userInfo();
const access = {
  password: undefined,
  ask: undefined,
  acceptNewHostKeys: false,
  home: homedir,
  userName: username,
  agentSocket: '/agent',
  variable: (name: string) => process.env[name],
};

const config = `
# comment
Host plain
  HostName=plain.example.org
  User "some one" # the shell would not like it
Host quoted
  HostName "q.example.org"
  User = deploy
  Port 2200
Host *.jump !not.jump
  ProxyJump gate@bastion:2022,second
  IdentityFile ~/.ssh/first
  IdentityFile %d/.ssh/%r-%n-%h-%p
  IdentitiesOnly yes
  ProxyCommand never because of jump
Host cmd
  HostName %h.example.net
  ProxyCommand nc -X "connect" %h %p %r %% # all of it
  HostKeyAlias Alias.Name
  UserKnownHostsFile ~/.ssh/a "~/.ssh/b"
Host short
  AddressFamily inet
  ConnectTimeout 1M30s
  StrictHostKeyChecking accept-new
  ServerAliveInterval 3
  ServerAliveCountMax 2
  ProxyJump none
  IdentityAgent none
Match host plain.example.org,*.net user deploy,bin
  Port 4022
Match originalhost m1 !user nobody
  Port 4033
Match exec "true"
  ConnectTimeout 99
Match localuser ${username} host m2
  User matched
Match all
  ConnectTimeout 11
Host *
  User last
  Port 5022
  IdentityFile ~/.ssh/%u_last
`;

const none = () => [];
const files = [{ text: config, include: none }];

const never = new AbortController().signal;

function target(host: string, user?: string, port?: number): Promise<Target> {
  return targetOf({ host, user, port }, access, files, never);
}

const hosts = ['quoted', 'a.jump', 'not.jump', 'cmd', 'short', 'm1', 'm2', 'anything', '::1'];

test('targetOf() agrees with ssh -G', { skip: needs('ssh') }, async () => {
  const at = fs.mkdtempSync(join(tmpdir(), 'difpipe-config-'));
  try {
    fs.writeFileSync(join(at, 'config'), config);
    for (const host of hosts) {
      const said = ssh('-F', join(at, 'config'), '-G', host);
      const ours = await target(host);
      assert.equal(ours.host, said.get('hostname')?.[0], host);
      assert.equal(ours.user, said.get('user')?.[0], host);
      assert.equal(`${ours.port}`, said.get('port')?.[0], host);
      assert.equal(`${ours.connectMs / 1000}`, said.get('connecttimeout')?.[0], host);
      assert.equal(ours.identitiesOnly, said.get('identitiesonly')?.[0] === 'yes', host);
      assert.equal(ours.acceptNewHostKeys, said.get('stricthostkeychecking')?.[0] === 'accept-new', host);
      assert.equal(
        ours.approach.kind === 'jump' ? ours.approach.hops.join(',') : undefined,
        said.get('proxyjump')?.[0],
        host,
      );
      assert.equal(ours.approach.kind === 'command', said.has('proxycommand'), host);
      assert.equal(ours.identityFiles.length, said.get('identityfile')?.length, host);
    }
  } finally {
    fs.rmSync(at, { recursive: true });
  }
});

function ssh(...args: string[]): ReadonlyMap<string, readonly string[]> {
  const lines = execFileSync('ssh', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split(
    '\n',
  );
  const said = new Map<string, string[]>();
  for (const line of lines) {
    const [, key, value] = /^(\S+) (.*)$/.exec(line) ?? [];
    if (key !== undefined) said.set(key, [...(said.get(key) ?? []), value!]);
  }
  return said;
}

test('targetOf() fills in what stands for something else', async () => {
  const jump = await target('a.jump', 'me', 99);
  assert.deepEqual(jump.identityFiles, [
    `${homedir}/.ssh/first`,
    `${homedir}/.ssh/me-a.jump-a.jump-99`,
    `${homedir}/.ssh/${username}_last`,
  ]);
  const command = await target('cmd');
  assert.deepEqual(command.approach, {
    kind: 'command',
    command: 'nc -X "connect" cmd.example.net 5022 last % # all of it',
  });
  assert.deepEqual(command.keyNames, ['alias.name']);
  assert.deepEqual(command.keyFiles.own, [`${homedir}/.ssh/a`, `${homedir}/.ssh/b`]);
  assert.equal(command.agentSocket, '/agent');
  const short = await target('short');
  assert.equal(short.agentSocket, undefined);
  assert.deepEqual(short.approach, { kind: 'direct', family: 4 });
  assert.equal(short.aliveMs * short.aliveCount, 6_000);
  assert.equal((await target('anything', 'you', 22)).name, 'you@anything');
  assert.equal((await target('::1', 'you', 23)).name, 'you@[::1]:23');
});

test('targetOf() refuses names that a program or a shell could take for something else', async () => {
  await assert.rejects(target('plain'), fails('usage', /'some one' cannot be a user/));
  const bad = (text: string) =>
    targetOf({ host: 'h', user: undefined, port: undefined }, access, [{ text, include: none }], never);
  for (const host of ['-oProxyCommand=x', '$(id)', '`id`', 'a;b', "a'b", '../x'])
    await assert.rejects(
      bad(`HostName ${host.replace(/['`]/g, '\\$&')}`),
      fails('usage', /cannot be a host/),
      host,
    );
  for (const user of ['-l', '$(id)', 'a b'])
    await assert.rejects(bad(`User "${user}"`), fails('usage', /cannot be a user/), user);
});

test('pathsLike() finds what an Include means to ssh, in that order', { skip: needs('ssh') }, () => {
  const at = fs.mkdtempSync(join(tmpdir(), 'difpipe-include-'));
  try {
    for (const dir of ['config', 'b', '.c']) fs.mkdirSync(join(at, dir));
    const names = ['1', '10', '2', '2~', '.3', '[4]', '(5)', '*', 'b/6', 'b/8', '.c/6', 'b/.7', '^', ']'];
    for (const name of names) fs.writeFileSync(join(at, name), `IdentityFile /key-${name}\n`);
    fs.symlinkSync('.loop', join(at, '.loop'));
    const config = join(at, 'config', 'config');
    for (const pattern of includes) {
      fs.writeFileSync(config, `Include "${join(at, pattern).replaceAll('\\', '\\\\')}"\n`);
      const env = { ...process.env, LC_ALL: 'C' };
      const said = execFileSync('ssh', ['-G', '-F', config, 'h'], { env, encoding: 'utf8' });
      const theirs = said.match(/(?<=^identityfile \/key-).*/gm) ?? [];
      const ours = pathsLike(join(at, pattern)).filter((path) => fs.statSync(path, quiet)?.isFile());
      assert.deepEqual(
        ours,
        theirs.map((name) => join(at, name)),
        pattern,
      );
    }
  } finally {
    fs.rmSync(at, { recursive: true });
  }
});

const quiet = { throwIfNoEntry: false } as const;
const includes = [
  ...[
    '1',
    'no',
    '*',
    '?',
    '.[0-9]',
    '[0-9]',
    '[!0-9]',
    '[^0-9]',
    '[]^]',
    '[9-0]',
    '[',
    '[4]',
    '\\[4]',
    '\\*',
    '(*)',
  ],
  ...['*/6', '?/*', '.c/*', 'no/*', '1/*', 'b/?7', '2[~]', '*0', '.loop/1'],
];

test('Include takes other files where it stands, if its block counts', async () => {
  const included: ConfigText = { text: 'Port 1\nHost other\nUser included', include: none };
  const seen: string[] = [];
  const include = (pattern: string) => {
    seen.push(pattern);
    return [included];
  };
  const text = 'Host never\nInclude a\nHost other\nInclude "b c" d\nPort 2\nHost *\nUser u';
  const asked = { host: 'other', user: undefined, port: undefined };
  const read = await targetOf(asked, access, [{ text, include }], never);
  assert.deepEqual(seen, ['b c', 'd']);
  assert.deepEqual([read.port, read.user], [1, 'included']);
});

test('configLines() splits as ssh does', () => {
  const lines = configLines('A=b\nC  =  "d e" f\\ g \'h"i\' # j\n\n#k l\n\tM n#o\r\nProxyCommand a "b" # c');
  assert.deepEqual(lines, [
    { keyword: 'a', args: ['b'] },
    { keyword: 'c', args: ['d e', 'f g', 'h"i'] },
    { keyword: 'm', args: ['n#o'] },
    { keyword: 'proxycommand', args: ['a "b" # c'] },
  ]);
});

test('matchesList() knows * ? and !', () => {
  const table = [
    ['a.b', ['a.*'], true],
    ['axb', ['a.b'], false],
    ['ab', ['a?b'], false],
    ['a.b', ['*', '!a.*'], false],
    ['a.b', ['!c'], false],
    ['a[b', ['a[b'], true],
    ['', ['*'], true],
  ] as const;
  for (const [name, list, is] of table) assert.equal(matchesList(name, list), is, `${name} ${list}`);
});

test('targetOf() offers the algorithms that Ciphers, MACs and KexAlgorithms say, as far as we have them', async () => {
  const offered = async (...lines: string[]) => {
    const files = [{ text: lines.join('\n'), include: none }];
    return (await targetOf({ host: 'one', user: 'me', port: 22 }, access, files, never)).algorithms;
  };
  const usual = await offered();
  assert.deepEqual((await offered('Ciphers chacha20-poly1305@openssh.com,aes256-ctr')).cipher, [
    'chacha20-poly1305@openssh.com',
    'aes256-ctr',
  ]);
  assert.deepEqual((await offered('Ciphers -aes*')).cipher, ['chacha20-poly1305@openssh.com']);
  assert.deepEqual((await offered('Ciphers +aes256-cbc')).cipher, [...usual.cipher, 'aes256-cbc']);
  assert.deepEqual((await offered('MACs ^hmac-sha2-512')).hmac, [
    'hmac-sha2-512',
    ...usual.hmac.filter((one) => one !== 'hmac-sha2-512'),
  ]);
  assert.deepEqual((await offered('KexAlgorithms mlkem768x25519-sha256,ecdh-sha2-nistp256')).kex, [
    'ecdh-sha2-nistp256',
  ]);
  await assert.rejects(
    offered('Ciphers rot13'),
    fails('unsupported', /nothing of Ciphers rot13 is known here/),
  );
});
