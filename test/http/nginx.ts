// A real nginx on a loopback port, over a directory of its own, gone when it is disposed of.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../port.ts';

export type Nginx = AsyncDisposable & {
  readonly port: number;
  /** what it serves */
  readonly root: string;
  /** the address of a path in it */
  readonly url: (path?: string) => string;
  /** the requests it has answered so far: method, path, status, range */
  readonly asked: () => string[];
};

/** `lines` are added to its one location. */
export async function startNginx({ lines = [] as readonly string[], https = false } = {}): Promise<Nginx> {
  const home = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'difpipe-nginx-')));
  const port = await freePort();
  const root = join(home, 'root');
  for (const dir of [root, join(home, 'temp')]) fs.mkdirSync(dir);
  fs.chmodSync(home, 0o755);
  const listens = https ? `${port} ssl` : String(port);
  const keys = https ? [`ssl_certificate ${home}/cert.pem;`, `ssl_certificate_key ${home}/key.pem;`] : [];
  fs.writeFileSync(join(home, 'nginx.conf'), config(home, listens, keys, lines));
  if (https) await certify(home);
  const child = spawn('nginx', ['-p', home, '-c', join(home, 'nginx.conf'), '-e', join(home, 'error.log')], {
    stdio: 'ignore',
  });
  await answers(child, port);
  return {
    port,
    root,
    url: (path = '') => `http${https ? 's' : ''}://127.0.0.1:${port}/${path}`,
    asked: () => fs.readFileSync(join(home, 'access.log'), 'latin1').split('\n').slice(0, -1),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
}

function config(home: string, listens: string, keys: readonly string[], lines: readonly string[]): string {
  const user = process.geteuid!() === 0 ? ['user root;'] : [];
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return [
    ...user,
    'daemon off; worker_processes 1;',
    `pid ${home}/pid;`,
    'events { worker_connections 512; }',
    'http {',
    ...temps.map((kind) => `${kind}_temp_path ${home}/temp/${kind};`),
    "log_format asked '$request_method $uri $status $http_range';",
    `access_log ${home}/access.log asked;`,
    'types { text/html html; } default_type application/octet-stream;',
    'client_max_body_size 0; sendfile on; keepalive_requests 100000;',
    `server { listen 127.0.0.1:${listens}; root ${home}/root;`,
    ...keys,
    'location / { autoindex on; dav_methods PUT DELETE; create_full_put_path on;',
    ...lines,
    '} } }',
    '',
  ].join('\n');
}

async function certify(home: string): Promise<void> {
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', join(home, 'key.pem'), '-out', join(home, 'cert.pem')];
  const made = spawn(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names, ...files],
    {
      stdio: 'ignore',
    },
  );
  await once(made, 'exit');
}

async function answers(child: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    await wait(20);
  }
  throw new Error('nginx does not answer');
}
