/** An S3 server with a bucket, a place to work in, and the program run as a person would who has keys for it. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { place } from '../survive/ground.ts';
import { type Ended, type How, type Running, run, runTo, start } from '../survive/program.ts';
import { type S3Server, startS3 } from './server.ts';

export type S3Ground = AsyncDisposable & {
  readonly server: S3Server;
  /** gone afterwards, like all below it */
  readonly path: string;
  readonly source: string;
  readonly state: string;
  readonly env: NodeJS.ProcessEnv;
  readonly start: (words: readonly string[], how?: How) => Running;
  readonly run: (words: readonly string[], how?: How) => Promise<Ended>;
  readonly runTo: (status: number, words: readonly string[], how?: How) => Promise<Ended>;
};

export const bucket = 'bucket';

/** `env` is set for every run. */
export async function s3Ground(env: NodeJS.ProcessEnv = {}, serve = startS3): Promise<S3Ground> {
  const here = place();
  const server = await serve();
  await server.makeBucket(bucket);
  const source = join(here.path, 'from');
  fs.mkdirSync(source);
  const state = join(here.path, 'state');
  const how = (more: How = {}): How => ({ ...more, env: { ...server.env, ...env, ...more.env } });
  return {
    server,
    path: here.path,
    source,
    state,
    env: { ...server.env, ...env },
    start: (words, more) => start(state, words, how(more)),
    run: (words, more) => run(state, words, how(more)),
    runTo: (status, words, more) => runTo(status, state, words, how(more)),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      here[Symbol.dispose]();
    },
  };
}

/** Another program that speaks S3, in a bucket. */
export function rclone({ server, path }: S3Ground, ...words: readonly string[]): string {
  const env = {
    PATH: process.env.PATH,
    HOME: path,
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_S_TYPE: 's3',
    RCLONE_CONFIG_S_PROVIDER: 'Other',
    RCLONE_CONFIG_S_ENDPOINT: server.endpoint,
    RCLONE_CONFIG_S_REGION: 'us-east-1',
    RCLONE_CONFIG_S_ACCESS_KEY_ID: server.access.keys.accessKeyId,
    RCLONE_CONFIG_S_SECRET_ACCESS_KEY: server.access.keys.secretAccessKey,
  };
  return execFileSync('rclone', words, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Every object as the server has it: what changes when it is written again. */
export function touches({ server }: S3Ground): string[] {
  const words = [join(server.path, bucket), '-type', 'f', '-printf', '%P %i %C@\\0'];
  return execFileSync('find', words, { encoding: 'latin1' }).split('\0').sort();
}
