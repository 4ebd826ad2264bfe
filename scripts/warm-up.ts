// Transfers by the program that is being made, between two places here, and to and from a host where this machine has an
// SSH server: so what V8 makes of its functions can be kept. See warm.ts.
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';

const sshd = '/usr/sbin/sshd';
const sftpServers = ['openssh', 'ssh'].flatMap((name) => [`/usr/lib/${name}`, `/usr/libexec/${name}`]);

/** Transfers of a tree that is new, and that is there already. */
export function warmUp(made: string): void {
  const [from, to, home] = [join(made, 'from'), join(made, 'to'), join(made, 'home')];
  plant(from);
  const env = { PATH: process.env.PATH, HOME: home, DIFPIPE_STATE_DIR: join(home, 'state') };
  const run = (words: readonly string[], stderr: 'inherit' | 'ignore') => {
    const args = [join(import.meta.dirname, 'warm.ts'), made, ...words];
    return spawnSync(process.execPath, args, { env, stdio: ['ignore', 'ignore', stderr] }).status === 0;
  };
  const moves = (source: string, dest: string) => {
    if (!run(['transfer', '--quiet', source, dest], 'inherit')) throw new Error('it does not run');
  };
  const isThere = ['new', 'unchanged'];
  for (const _ of isThere) moves(from, to);
  const sftpServer = sftpServers.map((path) => `${path}/sftp-server`).find(fs.existsSync);
  const isMet = fs.existsSync(sshd) && sftpServer !== undefined;
  if (isMet) meetHost(home, sftpServer);
  if (!isMet || !run(['ls', `host:${from}`], 'ignore'))
    return console.error('no SSH server here lets us in: transfers over SSH will begin slower');
  for (const _ of isThere) moves(from, `host:${join(made, 'there')}`);
  for (const _ of isThere) moves(`host:${from}`, join(made, 'back'));
}

function plant(root: string): void {
  for (let at = 0; at < 60; at++) {
    const dir = join(root, `${at}`);
    fs.mkdirSync(dir, { recursive: true });
    for (let file = 0; file < 60; file++) fs.writeFileSync(join(dir, `${file}`), `${file}`);
  }
  fs.symlinkSync('0', join(root, 'link'));
}

/** `host` is this machine, by an sshd that lives as long as a connection to it. */
function meetHost(home: string, sftpServer: string): void {
  const dotSsh = join(home, '.ssh');
  fs.mkdirSync(dotSsh, { recursive: true, mode: 0o700 });
  const [hostKey, key, config] = [
    join(home, 'host_key'),
    join(dotSsh, 'id_ed25519'),
    join(home, 'sshd_config'),
  ];
  for (const path of [hostKey, key])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
  fs.writeFileSync(join(dotSsh, 'known_hosts'), `host ${fs.readFileSync(`${hostKey}.pub`, 'utf8')}`);
  const user = userInfo().username;
  fs.writeFileSync(join(dotSsh, 'config'), `Host host\nUser ${user}\nProxyCommand ${sshd} -i -f ${config}\n`);
  const settings = [
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${key}.pub`,
    `Subsystem sftp ${sftpServer}`,
    'StrictModes no',
    'PermitRootLogin yes',
  ];
  fs.writeFileSync(config, `${settings.join('\n')}\n`);
  if (process.geteuid!() === 0) fs.mkdirSync('/run/sshd', { recursive: true });
}
