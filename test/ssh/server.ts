// A server of the library's own, for what a real sshd does only with users and PAM of the machine: passwords.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AuthContext, type Connection, type ServerChannel, type Session } from 'ssh2';
import type { SshPlace } from '../../src/location/location.ts';
import type { Access } from '../../src/ssh/access.ts';
import { sftpServer } from '../peer.ts';
import { makeKey } from './sshd.ts';

export type Server = AsyncDisposable & {
  readonly home: string;
  readonly access: Access;
  readonly place: SshPlace;
  /** the methods of authentication that clients tried, in their order */
  readonly tried: readonly string[];
};

/** `judge` accepts or rejects; who is let in has a shell and SFTP, as whoever runs the test. `meet` is given each client. */
export async function startServer(
  judge: (auth: AuthContext) => void,
  meet: (client: Connection) => void = () => undefined,
  ident?: string,
): Promise<Server> {
  const home = fs.mkdtempSync(join(tmpdir(), 'difpipe-server-'));
  fs.mkdirSync(join(home, '.ssh'), { mode: 0o700 });
  makeKey(join(home, 'host_key'));
  const tried: string[] = [];
  const clients = new Set<{ end: () => void }>();
  const hostKeys = [fs.readFileSync(join(home, 'host_key'))];
  const server = new ssh2.Server({ hostKeys, ...(ident && { ident }) }, (client) => {
    clients.add(client);
    meet(client);
    client.on('close', () => clients.delete(client));
    client.on('error', () => undefined);
    client.on('authentication', (auth) => {
      tried.push(auth.method);
      judge(auth);
    });
    client.on('session', (accept) => serve(accept()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const [type, key] = fs.readFileSync(join(home, 'host_key.pub'), 'utf8').split(' ');
  fs.writeFileSync(join(home, '.ssh/known_hosts'), `[127.0.0.1]:${port} ${type} ${key}\n`);
  return {
    home,
    tried,
    access: {
      password: undefined,
      ask: undefined,
      acceptNewHostKeys: false,
      home,
      userName: 'me',
      agentSocket: undefined,
      variable: () => undefined,
    },
    place: { kind: 'ssh', user: 'you', host: '127.0.0.1', port, path: Buffer.alloc(0) },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.end();
      server.close();
      await once(server, 'close');
      fs.rmSync(home, { recursive: true });
    },
  };
}

function serve(session: Session): void {
  session.on('exec', (accept, _reject, { command }) => runOn(accept(), 'sh', ['-c', command]));
  session.on('subsystem', (accept) => runOn(accept(), sftpServer, []));
}

/** A program on a channel. */
function runOn(channel: ServerChannel, program: string, args: readonly string[]): void {
  const child = spawn(program, args);
  channel.on('error', () => undefined).pipe(child.stdin.on('error', () => undefined));
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.on('close', () => child.kill());
  child.on('close', (code) => {
    if (!channel.writable) return;
    channel.exit(code ?? 255);
    channel.end();
  });
}
