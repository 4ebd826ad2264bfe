// Transfers by the program that is being made, between two places here, to and from a bucket, and to and from a host
// where this machine has an SSH server: so what V8 makes of its functions can be kept. See warm.ts.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';

const sshd = '/usr/sbin/sshd';
const sftpServers = ['openssh', 'ssh'].flatMap((name) => [`/usr/lib/${name}`, `/usr/libexec/${name}`]);

type Runs = {
  readonly made: string;
  readonly from: string;
  readonly home: string;
  /** whether the program ended well */
  readonly run: (words: readonly string[], stderr: 'inherit' | 'ignore', more?: NodeJS.ProcessEnv) => boolean;
};

/** Transfers of a tree that is new, and that is there already. */
export async function warmUp(made: string): Promise<void> {
  const [from, home] = [join(made, 'from'), join(made, 'home')];
  plant(from);
  const env = { PATH: process.env.PATH, HOME: home, DIFPIPE_STATE_DIR: join(home, 'state') };
  const run: Runs['run'] = (words, stderr, more = {}) => {
    const args = [join(import.meta.dirname, 'warm.ts'), made, ...words];
    const stdio = ['ignore', 'ignore', stderr] as const;
    return spawnSync(process.execPath, args, { env: { ...env, ...more }, stdio: [...stdio] }).status === 0;
  };
  const runs = { made, from, home, run };
  moveTwice(runs, from, join(made, 'to'));
  overSsh(runs);
  await overS3(runs);
}

function moveTwice({ run }: Runs, source: string, dest: string, more?: NodeJS.ProcessEnv): void {
  for (const _ of ['new', 'unchanged'])
    if (!run(['transfer', '--quiet', source, dest], 'inherit', more)) throw new Error('it does not run');
}

function overSsh(runs: Runs): void {
  const { made, from, home, run } = runs;
  const sftpServer = sftpServers.map((path) => `${path}/sftp-server`).find(fs.existsSync);
  const isMet = fs.existsSync(sshd) && sftpServer !== undefined;
  if (isMet) meetHost(home, sftpServer);
  if (!isMet || !run(['ls', `host:${from}`], 'ignore'))
    return console.error('no SSH server here lets us in: transfers over SSH will begin slower');
  moveTwice(runs, from, `host:${join(made, 'there')}`);
  moveTwice(runs, `host:${from}`, join(made, 'back'));
}

/** With one file that comes in ranges. */
async function overS3(runs: Runs): Promise<void> {
  const { made, from } = runs;
  fs.writeFileSync(join(from, 'large'), Buffer.alloc(1.5 * 1024 * 1024, 'warm'));
  const bucket = spawn(process.execPath, [join(import.meta.dirname, 'warm-bucket.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const [port] = (await once(bucket.stdout, 'data')) as [Buffer];
    const keys = { AWS_ACCESS_KEY_ID: 'warm', AWS_SECRET_ACCESS_KEY: 'warm' };
    const env = { ...keys, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port.toString().trim()}` };
    moveTwice(runs, from, 's3://bucket/there', env);
    moveTwice(runs, 's3://bucket/there', join(made, 'down'), env);
  } finally {
    bucket.stdin.end();
  }
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
