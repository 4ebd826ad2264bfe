/** A real S3 server on a loopback port, with a private directory, gone when it is disposed of. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { asFound, type S3Access } from '../../src/store/s3/access.ts';
import { currentRclone, versitygw } from '../peer.ts';
import { freePort } from '../ssh/sshd.ts';

export type S3Server = AsyncDisposable & {
  readonly port: number;
  readonly endpoint: string;
  readonly access: S3Access;
  /** what a person sets to get in */
  readonly env: NodeJS.ProcessEnv;
  /** A bucket, empty. */
  readonly makeBucket: (name: string) => void;
  /** where its objects are files */
  readonly path: string;
};

export const keys = { accessKeyId: 'difpipe', secretAccessKey: 'not a secret /+', sessionToken: undefined };

const memory = '/dev/shm';

/** Versity's gateway, which heeds all that AWS does. */
export function startS3(): Promise<S3Server> {
  return startOn((port, path) => ({
    command: versitygw()!,
    args: ['--port', `127.0.0.1:${port}`, '--keep-alive', '--quiet', 'posix', path],
    env: { ROOT_ACCESS_KEY: keys.accessKeyId, ROOT_SECRET_KEY: keys.secretAccessKey },
  }));
}

/** rclone's, which knows no conditions, no empty directories and no 206. */
export function startRcloneS3(): Promise<S3Server> {
  const pair = `${keys.accessKeyId},${keys.secretAccessKey}`;
  return startOn((port, path) => ({
    command: currentRclone,
    args: ['serve', 's3', '--auth-key', pair, '--addr', `127.0.0.1:${port}`, path],
    env: { RCLONE_CONFIG: '/dev/null' },
  }));
}

type Started = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
};

async function startOn(how: (port: number, path: string) => Started): Promise<S3Server> {
  const home = fs.mkdtempSync(join(fs.existsSync(memory) ? memory : tmpdir(), 'difpipe-s3-'));
  const path = join(home, 'buckets');
  fs.mkdirSync(join(path, 'bucket'), { recursive: true }); // rclone looks once
  const port = await freePort();
  const { command, args, env } = how(port, path);
  const server = spawn(command, args, { env: { ...env, HOME: home }, stdio: ['ignore', 'ignore', 'pipe'] });
  const complaints = server.stderr!.setEncoding('utf8').toArray() as Promise<string[]>;
  await listening(server, port).catch(async (error: unknown) => {
    await end(server);
    throw new Error((await complaints).join(''), { cause: error });
  });
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    port,
    path,
    endpoint,
    access: { ...asFound, endpoint, region: 'us-east-1', keys },
    env: envOf(endpoint, home),
    makeBucket: (name) => void fs.mkdirSync(join(path, name), { recursive: true }),
    async [Symbol.asyncDispose]() {
      await end(server);
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The environment of a person who has keys for that endpoint and nothing else of AWS. */
export function envOf(endpoint: string, home: string): NodeJS.ProcessEnv {
  return {
    HOME: home,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_S3: endpoint,
  };
}

/** It does not say when it listens. */
async function listening(server: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; ; tries++) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch (error) {
      if (tries > 600 || server.exitCode !== null) throw error;
      await wait(25);
    } finally {
      socket.destroy();
    }
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, 'exit');
  server.kill('SIGKILL');
  await gone;
}
