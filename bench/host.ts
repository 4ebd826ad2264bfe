/** An sshd of our own on a loopback port, so that this machine is the other side too. Needs root. */
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { endDescendants } from './process-tree.ts';

export type Host = {
  readonly login: string;
  /** what runs any program where the host can be reached, before its argv */
  readonly under: readonly string[];
  /** how a program is run that finds the key and knows the host */
  readonly env: readonly string[];
  /** a path there, as difpipe takes it */
  readonly place: (path: string) => string;
  /** the ssh that reaches it, as rsync takes it */
  readonly ssh: string;
};

export type Hosts = Disposable & {
  readonly hosts: readonly Host[];
  /** Ends what is left of connections, of whoever was stopped or ended before its goodbye was there. */
  readonly endSessions: () => void;
};

const sshd = '/usr/sbin/sshd';
const sftpServer = '/usr/lib/openssh/sftp-server';

/** Where they listen, and what is put before the command that starts them. */
export type At = {
  readonly address: string;
  readonly under: readonly string[];
  readonly from: readonly string[];
};

const here: At = { address: '127.0.0.1', under: [], from: [] };

/** One for each port, with the same keys. Undefined where there is no sshd, or no right to run one. */
export function startHosts(work: string, ports: readonly number[], at = here): Hosts | undefined {
  if (!fs.existsSync(sshd) || process.geteuid!() !== 0) return undefined;
  const home = join(work, 'home');
  prepare(home, ports, at.address);
  fs.mkdirSync('/run/sshd', { recursive: true });
  for (const port of ports) {
    const [program, ...args] = [...at.under, sshd, '-f', configOf(home, port), '-E', join(home, 'log')];
    execFileSync(program!, args);
  }
  const hosts = ports.map((port) => hostOf(home, port, at));
  for (const { ssh, login } of hosts) waitFor(`${at.from.join(' ')} ${ssh} ${login}`);
  const pids = ports.map((port) => Number(fs.readFileSync(pidOf(home, port), 'utf8')));
  const endSessions = () => pids.forEach(endDescendants);
  return {
    hosts,
    endSessions,
    [Symbol.dispose]: () => {
      endSessions();
      for (const pid of pids) process.kill(pid);
      fs.rmSync(home, { recursive: true });
    },
  };
}

function hostOf(home: string, port: number, { address, from }: At): Host {
  return {
    env: [...from, 'env', `HOME=${home}`],
    under: from,
    login: `root@${address}`,
    place: (path) => `ssh://root@${address}:${port}${path}`,
    ssh: `ssh -F ${join(home, '.ssh/config')} -p ${port}`,
  };
}

function configOf(home: string, port: number): string {
  return join(home, `sshd_config-${port}`);
}

function pidOf(home: string, port: number): string {
  return join(home, `pid-${port}`);
}

function prepare(home: string, ports: readonly number[], address: string): void {
  const dotSsh = join(home, '.ssh');
  fs.mkdirSync(dotSsh, { recursive: true, mode: 0o700 });
  for (const key of [join(home, 'host_key'), join(dotSsh, 'id_ed25519')])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const [type, key] = fs.readFileSync(join(home, 'host_key.pub'), 'utf8').split(' ');
  const known = ports.map((port) => `[${address}]:${port} ${type} ${key}\n`);
  fs.writeFileSync(join(dotSsh, 'known_hosts'), known.join(''));
  fs.writeFileSync(
    join(dotSsh, 'config'),
    `UserKnownHostsFile ${dotSsh}/known_hosts\nIdentityFile ${dotSsh}/id_ed25519\nBatchMode yes\n`,
  );
  for (const port of ports) fs.writeFileSync(configOf(home, port), settings(home, port, address).join('\n'));
}

function settings(home: string, port: number, address: string): string[] {
  return [
    `Port ${port}`,
    `ListenAddress ${address}`,
    `HostKey ${home}/host_key`,
    `AuthorizedKeysFile ${home}/.ssh/id_ed25519.pub`,
    `PidFile ${pidOf(home, port)}`,
    `SetEnv HOME=${home}`, // whatever login files this machine has
    `Subsystem sftp ${sftpServer}`,
    'StrictModes no',
    'PermitRootLogin yes',
    '',
  ];
}

function waitFor(login: string): void {
  for (let tries = 0; tries < 50; tries++) {
    if (spawnSync('sh', ['-c', `${login} true || { sleep 0.1; false; }`]).status === 0) return;
  }
  throw new Error(`sshd does not answer: ${login}`);
}
