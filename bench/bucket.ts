/** An S3 server of our own on a loopback port, as `scripts/peer` builds it, and who speaks to it. */
import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { root } from './tools.ts';
import { remove } from './trees.ts';

export type Bucket = Disposable & {
  readonly name: string;
  /** what is put before a command that is to find the server */
  readonly env: readonly string[];
  /** Removes all that begins so. */
  readonly clear: (prefix: string) => void;
  /** the rclone that is compared with; undefined: there is none */
  readonly rclone: string | undefined;
  /** undefined: `scripts/peer s5cmd` was not run */
  readonly s5cmd: string | undefined;
};

const port = 22_501;
const keys = { id: 'bench', secret: 'benchmark' };
const endpoint = `http://127.0.0.1:${port}`;

/** Undefined where the server is not built. */
export function startBucket(work: string): Bucket | undefined {
  const program = peerAt('versitygw');
  if (program === undefined) return undefined;
  const [path, name] = [join(work, 'buckets'), 'bench'];
  fs.mkdirSync(join(path, name), { recursive: true });
  const server = spawn(program, ['--port', `127.0.0.1:${port}`, '--keep-alive', '--quiet', 'posix', path], {
    env: { ROOT_ACCESS_KEY: keys.id, ROOT_SECRET_KEY: keys.secret },
    stdio: 'ignore',
  });
  spawnSync('bash', ['-c', `until : </dev/tcp/127.0.0.1/${port}; do sleep 0.05; done`], {
    stdio: 'ignore',
    timeout: 20_000,
  });
  return {
    name,
    env: ['env', '-u', 'AWS_CA_BUNDLE', ...variables()],
    clear: (prefix) => remove(join(path, name, prefix)),
    rclone: rcloneAt(),
    s5cmd: peerAt('s5cmd'),
    [Symbol.dispose]: () => {
      server.kill('SIGKILL');
      remove(path);
    },
  };
}

function variables(): string[] {
  const remote = 'RCLONE_CONFIG_B_';
  return [
    `AWS_ACCESS_KEY_ID=${keys.id}`,
    `AWS_SECRET_ACCESS_KEY=${keys.secret}`,
    'AWS_REGION=us-east-1',
    `AWS_ENDPOINT_URL_S3=${endpoint}`,
    `S3_ENDPOINT_URL=${endpoint}`,
    'RCLONE_CONFIG=/dev/null',
    `${remote}TYPE=s3`,
    `${remote}PROVIDER=Other`,
    `${remote}ENDPOINT=${endpoint}`,
    `${remote}REGION=us-east-1`,
    `${remote}ACCESS_KEY_ID=${keys.id}`,
    `${remote}SECRET_ACCESS_KEY=${keys.secret}`,
  ];
}

function peerAt(name: string): string | undefined {
  const { status, stdout } = spawnSync(join(root, 'scripts/peer'), ['--there', name], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** The current one that tests bring, else the one on PATH. */
function rcloneAt(): string | undefined {
  const places = [process.env.DIFPIPE_TEST_RCLONE ?? '/opt/difpipe-test/rclone', 'rclone'];
  return places.find((place) => spawnSync(place, ['version']).status === 0);
}
