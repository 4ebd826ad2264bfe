// A real sshd on a loopback port, with keys and a home directory of its own, gone when it is disposed of.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SshPlace } from '../../src/location/location.ts';
import type { Access } from '../../src/ssh/access.ts';
import { sftpServer } from '../peer.ts';
import { freePort } from '../port.ts';

export type Sshd = AsyncDisposable & {
  readonly port: number;
  /** ends with .ssh/known_hosts and .ssh/id_ed25519, which open this server */
  readonly home: string;
  readonly access: Access;
  readonly hostKey: string;
  readonly place: (path?: string) => SshPlace;
  /** the processes that hold its connections */
  readonly sessions: () => readonly number[];
  /** SIGKILL to the server and all that came of it */
  readonly kill: () => Promise<void>;
  /** the same server again, on the same port with the same key */
  readonly restart: () => Promise<void>;
  /** what it wrote to its log so far */
  readonly log: () => string;
};

/** Lines of sshd_config that a test adds go first, and so win. */
export async function startSshd({ options = [] as readonly string[] } = {}): Promise<Sshd> {
  const home = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'difpipe-sshd-')));
  const port = await freePort();
  const hostKey = prepare(home, port, options);
  const lines: string[] = [];
  let daemon = await listen(home, lines).catch((error: unknown) => {
    fs.rmSync(home, { recursive: true });
    throw error;
  });
  const user = userInfo().username;
  const access = {
    password: undefined,
    ask: undefined,
    acceptNewHostKeys: false,
    home,
    userName: user,
    agentSocket: undefined,
    variable: () => undefined,
  };
  return {
    port,
    home,
    access,
    hostKey,
    place: (path = '') => ({ kind: 'ssh', user, host: '127.0.0.1', port, path: Buffer.from(path) }),
    sessions: () => children(daemon.pid!),
    kill: () => killAll(daemon),
    restart: async () => {
      daemon = await listen(home, lines);
    },
    log: () => lines.join('\n'),
    [Symbol.asyncDispose]: async () => {
      await killAll(daemon);
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Keys and configuration; gives the server's public key, type and base64. */
function prepare(home: string, port: number, options: readonly string[]): string {
  const ssh = join(home, '.ssh');
  fs.mkdirSync(ssh, { mode: 0o700 });
  makeKey(join(home, 'host_key'));
  makeKey(join(ssh, 'id_ed25519'));
  fs.copyFileSync(join(ssh, 'id_ed25519.pub'), join(home, 'authorized_keys'));
  const [type, key] = fs.readFileSync(join(home, 'host_key.pub'), 'utf8').split(' ');
  fs.writeFileSync(join(ssh, 'known_hosts'), `[127.0.0.1]:${port} ${type} ${key}\n`);
  fs.writeFileSync(
    join(home, 'sshd_config'),
    [...options, ...settings(home, port), ...subsystem(options), ''].join('\n'),
  );
  return `${type} ${key}`;
}

function settings(home: string, port: number): readonly string[] {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${home}/host_key`,
    `AuthorizedKeysFile ${home}/authorized_keys`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin yes',
    `SetEnv HOME=${home}`, // whatever login files this machine has
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PrintMotd no',
    'MaxStartups 100',
  ];
}

/** Unlike other settings, it may stand there only once; a comment that names it leaves it out. */
function subsystem(options: readonly string[]): readonly string[] {
  return options.some((line) => line.includes('Subsystem sftp')) ? [] : [`Subsystem sftp ${sftpServer}`];
}

/** What the key `ca` in `authority` signs, by ssh-keygen's arguments: KEY-cert.pub beside KEY.pub. */
export function certify(authority: string, args: readonly string[]): void {
  execFileSync('ssh-keygen', ['-q', '-s', join(authority, 'ca'), '-I', 'test', ...args]);
}

/** A new key pair; with a passphrase where one is given. */
export function makeKey(path: string, passphrase = '', type = 'ed25519'): void {
  const bits = type === 'rsa' ? ['-b', '2048'] : []; // more take seconds to find
  execFileSync('ssh-keygen', ['-q', '-t', type, ...bits, '-N', passphrase, '-C', 'test', '-f', path]);
}

async function listen(home: string, log: string[]): Promise<ChildProcess> {
  fs.mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const path = ['/usr/sbin/sshd', '/usr/bin/sshd'].find((at) => fs.existsSync(at))!;
  const daemon = spawn(path, ['-D', '-e', '-f', join(home, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const before = log.length;
  const lines = createInterface({ input: daemon.stderr! });
  const listening = new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      log.push(line);
      if (line.startsWith('Server listening')) resolve();
    });
    lines.on('close', () => reject(new Error(`sshd did not start: ${log.slice(before).join('; ')}`)));
  });
  await listening;
  return daemon;
}

async function killAll(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  daemon.kill('SIGSTOP'); // from now on it takes nobody in
  const all = descendants(daemon.pid!);
  const gone = once(daemon, 'exit');
  daemon.kill('SIGKILL');
  await gone;
  for (const pid of all) end(pid);
}

function descendants(pid: number): readonly number[] {
  return children(pid).flatMap((child) => [child, ...descendants(child)]);
}

function children(pid: number): readonly number[] {
  try {
    return fs
      .readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1')
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    return []; // it has ended meanwhile
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}

/** What the person's ssh_config there says. */
export function configure({ home }: { readonly home: string }, ...lines: readonly string[]): void {
  fs.writeFileSync(join(home, '.ssh/config'), lines.map((line) => `${line}\n`).join(''));
}
