/**
 * Programs that end when this one does, however that ends: one shell for all of them waits for a pipe that only we hold
 * open, and then ends those that still run. Beside `leashed` it costs a program nothing but a line in that pipe.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** Each line is all that run now. */
const script = 'while read -r now; do running=$now; done; [ -z "$running" ] || kill $running';

const running = new Set<number>();
let pipe: Socket | undefined;

/** Starts a program on it. */
export function onLeash(spawned: () => ChildProcess): ChildProcess {
  pipe ??= start();
  const child = spawned();
  const { pid } = child;
  if (pid === undefined) return child; // it could not be started
  running.add(pid);
  tell();
  child.once('exit', () => {
    running.delete(pid);
    tell();
  });
  return child;
}

function tell(): void {
  pipe ??= start();
  pipe.write(`${[...running].join(' ')}\n`);
}

/** Keeps nothing of ours from ending, and the terminal's signals do not reach it. */
function start(): Socket {
  const shell = spawn('/bin/sh', ['-c', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    env: {},
    detached: true,
  });
  const input = shell.stdin as Socket;
  const gone = () => {
    if (pipe === input) pipe = undefined; // who is told of next starts another
  };
  for (const end of [shell, input]) end.on('error', gone);
  shell.once('exit', gone);
  shell.unref();
  input.unref();
  return input;
}
