/** A real sshd, a place to work in, and the program run as a person would whose home knows that server. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sftpServer } from '../peer.ts';
import { configure, type Sshd, startSshd } from '../ssh/sshd.ts';
import { place } from '../survive/ground.ts';
import { type Ended, type How, type Running, run, runTo, start, strays } from '../survive/program.ts';

export type Far = AsyncDisposable & {
  readonly server: Sshd;
  /** gone afterwards, like all below it */
  readonly path: string;
  readonly source: string;
  readonly dest: string;
  readonly state: string;
  readonly env: NodeJS.ProcessEnv;
  /** the same path, as a place behind the server */
  readonly url: (path: string) => string;
  readonly start: (words: readonly string[], how?: How) => Running;
  readonly run: (words: readonly string[], how?: How) => Promise<Ended>;
  readonly runTo: (status: number, words: readonly string[], how?: How) => Promise<Ended>;
};

/** Where from and where to, as a person may ask for it. */
export const ways: Readonly<Record<string, (here: Far) => readonly [source: string, dest: string]>> = {
  'to a host': ({ source, dest, url }) => [source, url(dest)],
  'from a host': ({ source, dest, url }) => [url(source), dest],
  'from host to host': ({ source, dest, url }) => [url(source), url(dest)],
};

/** `options` are lines of sshd_config, `config` of the person's ssh_config. */
export async function far({
  options = [],
  config = [],
}: {
  readonly options?: readonly string[];
  readonly config?: readonly string[];
} = {}): Promise<Far> {
  const here = place();
  const server = await startSshd({ options });
  configure(server, ...config);
  const state = join(here.path, 'state');
  const env = homeOf(server);
  const source = join(here.path, 'from');
  fs.mkdirSync(source);
  const how = (more: How = {}): How => ({ ...more, env: { ...env, ...more.env } });
  return {
    server,
    path: here.path,
    source,
    dest: join(here.path, 'to'),
    state,
    env,
    url: (path) => urlOf(server, path),
    start: (words, more) => start(state, words, how(more)),
    run: (words, more) => run(state, words, how(more)),
    runTo: (status, words, more) => runTo(status, state, words, how(more)),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      here[Symbol.dispose]();
    },
  };
}

/** For a server whose SFTP begins where its home is, as it does where nobody gave it another one. */
export const startsAtHome = `Subsystem sftp ${sftpServer} -d "$HOME"`;

/** The environment of a person whose home this is: no agent, no keys but those in it. */
export function homeOf({ home }: { readonly home: string }): NodeJS.ProcessEnv {
  return { HOME: home, SSH_AUTH_SOCK: '' };
}

export function urlOf({ place: of }: Pick<Sshd, 'place'>, path: string): string {
  const { user, host, port } = of();
  return `ssh://${user}@${host}:${port}${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** The same path, as a place behind a line to the server; adds `lines` to the person's ssh_config. */
export function over(
  { server }: Pick<Far, 'server'>,
  { port }: { readonly port: number },
  path: string,
  lines: readonly string[] = [],
): string {
  configure(server, ...lines, 'HostKeyAlias known');
  fs.writeFileSync(join(server.home, '.ssh/known_hosts'), `known ${server.hostKey}\n`);
  return urlOf(server, path).replace(`:${server.port}`, `:${port}`);
}

/** What an independent program would still change, a line each, and names of ours that lie about. */
export function differences(source: string, dest: string): string[] {
  const args = ['-naHAXSi', '--delete', '--checksum', `${source}/`, `${dest}/`];
  const { stdout, stderr } = spawnSync('rsync', args, { encoding: 'latin1', maxBuffer: 1 << 28 });
  const lines = (stdout + stderr).split('\n').filter((line) => line !== '');
  return [...lines, ...strays(dest)];
}

/** What was said at the end of a verb that could not go on. */
export function errorOf({ said }: Ended): { kind: string; message: string; hint: string; exitCode: number } {
  return said.find(({ type }) => type === 'error') as never;
}

/** Nothing of ours is left at the far end within 10 s, nor here. */
export async function assertQuiet({ server }: Far): Promise<void> {
  for (let look = 0; look < 500 && server.sessions().length > 0; look++) await wait(20);
  assert.deepEqual(server.sessions(), []);
}

export type Way = (here: Far) => readonly [source: string, dest: string];

/** Where rsync goes: its ends, by what is said of them. */
export const rsyncWays: Readonly<Record<string, Way>> = {
  'on this machine': ({ source, dest }) => [source, dest],
  'to a host': ({ source, dest, url }) => [source, url(dest)],
  'from a host': ({ source, dest, url }) => [url(source), dest],
};
