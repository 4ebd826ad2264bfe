/** Questions to the person at the terminal, whatever standard input and output are. */
import { closeSync, openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';
import { printable } from '../../report/show.ts';

type Ask = (question: string, isSecret: boolean) => Promise<string>;

const device = '/dev/tty';
const keys = { end: /[\r\n\x04]/, erase: '\x7f', backspace: '\b', interrupt: '\x03', line: '\x15' } as const;

/** Absent where there is no terminal. The signal ends a question that waits. */
export function terminal(signal: AbortSignal): Ask | undefined {
  try {
    closeSync(openSync(device, 'r+'));
  } catch {
    return undefined; // there is nobody to ask
  }
  return async (question, isSecret) => {
    const input = new ReadStream(openSync(device, 'r'));
    const output = new WriteStream(openSync(device, 'w'));
    try {
      input.setRawMode(true); // before it is asked, or a quick answer would be shown
      output.write(printable(question));
      return await answer(input, isSecret ? undefined : output, signal);
    } finally {
      output.write('\n');
      input.setRawMode(false);
      input.destroy();
      output.end();
    }
  };
}

/** Reads key by key, so that a secret is never shown; what is not secret is shown as it is typed. */
async function answer(
  input: ReadStream,
  echo: WriteStream | undefined,
  signal: AbortSignal,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const stop = () => reject(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let typed = '';
  input.on('data', (chunk) => {
    for (const key of chunk.toString('utf8')) {
      if (keys.end.test(key)) return resolve(typed);
      if (key === keys.interrupt) return void process.kill(process.pid, 'SIGINT');
      if (key === keys.line) typed = '';
      else if (key === keys.erase || key === keys.backspace) typed = [...typed].slice(0, -1).join('');
      else typed += key;
      echo?.write(printable(key));
    }
  });
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
