// Real remotes of rclone over a directory here: an alias of it, one that encrypts, and servers of rclone's own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CloudPlace } from '../../src/location/location.ts';
import type { Rclone } from '../../src/store/rclone/rclone.ts';
import { currentRclone } from '../peer.ts';
import '../surroundings.ts';

export const programs = { 'the rclone in PATH': 'rclone', 'a current rclone': currentRclone } as const;

type Served = 'webdav' | 'sftp' | 'http' | 's3';

export type Remotes = AsyncDisposable & {
  /** gone afterwards, with all below it */
  readonly path: string;
  readonly config: string;
  readonly rclone: Rclone;
  readonly env: NodeJS.ProcessEnv;
  /** where the bytes of `disk:` and the servers are */
  readonly disk: string;
  readonly place: (remote: string, path?: string) => CloudPlace;
  /** Starts a server over the disk, and adds a remote for it. */
  readonly serve: (kind: Served) => Promise<ChildProcess>;
  /** What an independent comparison of contents finds; '' nothing. */
  readonly check: (a: string, b: string) => string;
};

/** The remotes `disk:` and `secret:`. */
export function remotes(program: string): Remotes {
  const path = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'difpipe-rclone-')));
  const [config, disk] = [join(path, 'rclone.conf'), join(path, 'disk')];
  fs.mkdirSync(disk);
  const password = execFileSync(program, ['obscure', 'correct horse'], { encoding: 'utf8' }).trim();
  fs.writeFileSync(
    config,
    `[disk]\ntype = alias\nremote = ${disk}\n\n[secret]\ntype = crypt\nremote = ${path}/crypt\npassword = ${password}\n`,
    { mode: 0o600 },
  );
  const found = program.includes('/') ? program : `/usr/bin/${program}`;
  const env = { ...process.env, RCLONE_CONFIG: config, HOME: path };
  const servers: ChildProcess[] = [];
  return {
    path,
    config,
    disk,
    env,
    rclone: { program: found, env },
    place: (remote, at = '') => ({ kind: 'cloud', service: 'rclone', remote, path: at }),
    serve: async (kind) => {
      const server = await serve(program, kind, disk, { env, config });
      servers.push(server);
      return server;
    },
    check: (a, b) => {
      const ended = checked(program, ['check', '--download', '--one-way', a, b], env);
      return ended + checked(program, ['check', '--download', '--one-way', b, a], env);
    },
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) {
        const gone = once(server, 'exit');
        if (server.exitCode === null && server.signalCode === null && server.kill('SIGKILL')) await gone;
      }
      fs.rmSync(path, { recursive: true, force: true });
    },
  };
}

function checked(program: string, words: readonly string[], env: NodeJS.ProcessEnv): string {
  try {
    execFileSync(program, words, { env, encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
}

const listening =
  /(?:listening on|serving on|server started on|starting s3 server on)[^\n]*127\.0\.0\.1:(\d+)/i;

async function serve(
  program: string,
  kind: Served,
  disk: string,
  { env, config }: { env: NodeJS.ProcessEnv; config: string },
): Promise<ChildProcess> {
  const login = {
    sftp: ['--user', 'u', '--pass', 'p'],
    s3: ['--auth-key', 'key,word'],
    webdav: [],
    http: [],
  }[kind];
  const server = spawn(program, ['serve', kind, '--addr', '127.0.0.1:0', '-v', ...login, disk], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const said: string[] = [];
  const lines = createInterface({ input: server.stderr! });
  lines.on('line', (line) => {
    said.push(line);
    const port = listening.exec(line)?.[1];
    if (port) resolve(port);
  });
  lines.on('close', () => reject(new Error(`rclone serve ${kind} did not start: ${said.join('; ')}`)));
  const port = await promise;
  const pass = execFileSync(program, ['obscure', 'p'], { encoding: 'utf8' }).trim();
  const entry = {
    webdav: `type = webdav\nurl = http://127.0.0.1:${port}\nvendor = rclone\n`,
    http: `type = http\nurl = http://127.0.0.1:${port}\n`,
    s3: `type = s3\nprovider = Other\nendpoint = http://127.0.0.1:${port}\naccess_key_id = key\nsecret_access_key = word\n`,
    sftp: `type = sftp\nhost = 127.0.0.1\nport = ${port}\nuser = u\npass = ${pass}\n`,
  };
  fs.appendFileSync(config, `\n[${kind}]\n${entry[kind]}`);
  return server;
}
