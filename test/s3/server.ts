/** A real S3 server on a loopback port, with a private directory, gone when it is disposed of. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { asFound, type Keys, type S3Access } from '../../src/store/s3/access.ts';
import { settle } from '../../src/store/s3/service/chain.ts';
import { createService } from '../../src/store/s3/service/service.ts';
import { hidden } from '../http/forward.ts';
import { currentRclone, swift, versitygw } from '../peer.ts';
import { freePort } from '../port.ts';
import { type Certified, certify } from './authority.ts';

export type S3Server = AsyncDisposable & {
  readonly port: number;
  readonly endpoint: string;
  readonly access: S3Access & { readonly keys: Keys };
  /** what a person sets to get in */
  readonly env: NodeJS.ProcessEnv;
  /** A bucket, empty. */
  readonly makeBucket: (name: string) => Promise<void>;
  /** where its objects are files, but for Swift's */
  readonly path: string;
};

export const keys: Keys = {
  accessKeyId: 'difpipe',
  secretAccessKey: 'not a secret /+',
  sessionToken: undefined,
};

const memory = '/dev/shm';

/** Versity's gateway, which heeds all that AWS does. */
export function startS3(): Promise<S3Server> {
  return startOn((port, path) => gateway(port, path));
}

/** The same, keeping the versions of buckets that are told to. */
export function startVersioningS3(): Promise<S3Server> {
  return startOn((port, path) => {
    const versions = join(dirname(path), 'versions');
    fs.mkdirSync(versions);
    return gateway(port, path, [], ['--versioning-dir', versions]);
  });
}

/** The same over TLS, with a certificate of an authority that only `access.caFile` tells of. */
export function startSecureS3(): Promise<S3Server> {
  return startOn((port, path) => {
    const secure = certify(dirname(path), hidden);
    return { ...gateway(port, path, ['--cert', secure.certificate, '--key', secure.key]), secure };
  });
}

function gateway(
  port: number,
  path: string,
  more: readonly string[] = [],
  disk: readonly string[] = [],
): Started {
  return {
    command: versitygw()!,
    args: ['--port', `127.0.0.1:${port}`, '--keep-alive', '--quiet', ...more, 'posix', ...disk, path],
    env: { ROOT_ACCESS_KEY: keys.accessKeyId, ROOT_SECRET_KEY: keys.secretAccessKey },
  };
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

/** OpenStack's, whose S3 is a translation of another protocol. */
export function startSwift(): Promise<S3Server> {
  const own = { ...keys, accessKeyId: 'account:difpipe', secretAccessKey: 'not-a-secret/+' };
  return startOn((port, path) => ({
    command: '/usr/bin/python3',
    args: ['-S', '-W', 'ignore', join(import.meta.dirname, 'swift-server.py'), path, String(port)],
    env: { PYTHONPATH: swift()!, ACCESS_KEY: own.accessKeyId, SECRET_KEY: own.secretAccessKey },
    keys: own,
  }));
}

/** Those that refuse what is wrong, by the name of the peer. */
export const strict = { versitygw: startS3, swift: startSwift } as const;

type Started = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** undefined: the same as elsewhere */
  readonly keys?: Keys;
  /** it speaks TLS */
  readonly secure?: Certified;
};

async function startOn(how: (port: number, path: string) => Started): Promise<S3Server> {
  const home = fs.mkdtempSync(join(fs.existsSync(memory) ? memory : tmpdir(), 'difpipe-s3-'));
  const path = join(home, 'buckets');
  fs.mkdirSync(path);
  const port = await freePort();
  const { command, args, env, keys: own = keys, secure } = how(port, path);
  const server = spawn(command, args, { env: { ...env, HOME: home }, stdio: ['ignore', 'ignore', 'pipe'] });
  const complaints = server.stderr!.setEncoding('utf8').toArray() as Promise<string[]>;
  await listening(server, port).catch(async (error: unknown) => {
    await end(server);
    throw new Error((await complaints).join(''), { cause: error });
  });
  const endpoint = `http${secure ? 's' : ''}://127.0.0.1:${port}`;
  const access = { ...asFound, endpoint, region: 'us-east-1', keys: own, caFile: secure?.authority };
  return {
    port,
    path,
    endpoint,
    access,
    env: envOf(endpoint, home, own),
    async makeBucket(name) {
      using service = createService(name, await settle(access));
      await service.ask({ method: 'PUT', key: '' }, AbortSignal.timeout(30_000));
    },
    async [Symbol.asyncDispose]() {
      await end(server);
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The environment of a person who has keys for that endpoint and nothing else of AWS. */
export function envOf(endpoint: string, home: string, own = keys): NodeJS.ProcessEnv {
  return {
    HOME: home,
    AWS_ACCESS_KEY_ID: own.accessKeyId,
    AWS_SECRET_ACCESS_KEY: own.secretAccessKey,
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_CA_BUNDLE: '',
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
