/** Two hosts: the second one is reached from here by a line that is slow and counts, and from the first one without. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { configure, type Sshd, startSshd } from '../ssh/sshd.ts';
import { type Far, far } from './ground.ts';
import { type Line, line } from './line.ts';

export type Two = Far & {
  readonly second: Sshd;
  /** from here to the second one */
  readonly line: Line;
  /** the same path, as a place behind the second one */
  readonly far: (path: string) => string;
  /** The second one is at this port, as far as the first one can tell. */
  readonly mislead: (port: number) => void;
};

const slowBytesPerMs = 5000;

/** `options` are lines of the first one's sshd_config, `others` of the second one's. The line is slow unless it may be quick. */
export async function two({
  options = [],
  others = [],
  bytesPerMs = slowBytesPerMs,
}: {
  readonly options?: readonly string[];
  readonly others?: readonly string[];
  readonly bytesPerMs?: number;
} = {}): Promise<Two> {
  await using stack = new AsyncDisposableStack();
  const first = stack.use(await far({ options }));
  const second = stack.use(await startSshd({ options: others }));
  const way = stack.use(await line(second.port));
  const { home } = first.server;
  letIn(first, second);
  const program = join(home, 'way.cjs');
  fs.writeFileSync(program, slowly);
  const command = `ProxyCommand ${process.execPath} ${program} ${way.port} ${bytesPerMs}`;
  const mislead = (port: number) =>
    configure(
      first.server,
      'Host second',
      'HostName 127.0.0.1',
      `Port ${port}`,
      command,
      'HostKeyAlias second',
    );
  fs.appendFileSync(join(home, '.ssh/known_hosts'), `second ${second.hostKey}\n`);
  mislead(second.port);
  const user = first.server.place().user!;
  const kept = stack.move();
  return {
    ...first,
    second,
    line: way,
    far: (path) => `ssh://${user}@second${path}`,
    mislead,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** The person's key opens it, too. */
export function letIn({ server }: Pick<Far, 'server'>, { home }: Sshd): void {
  const key = fs.readFileSync(join(server.home, '.ssh/id_ed25519.pub'));
  fs.appendFileSync(join(home, 'authorized_keys'), key);
}

const slowly = `
const socket = require('node:net').connect(process.argv[2], '127.0.0.1');
process.stdin.on('data', (chunk) => {
  process.stdin.pause();
  socket.write(chunk);
  setTimeout(() => process.stdin.resume(), chunk.length / process.argv[3]);
});
process.stdin.on('end', () => socket.end());
socket.pipe(process.stdout);
socket.on('close', () => process.exit());
socket.on('error', () => process.exit());
`;
