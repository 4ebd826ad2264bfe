import { spawn } from 'node:child_process';
import { killGroup } from '../../work/kill-group.ts';

const waitMs = 3000;
const keptChars = 4096;

/**
 * What a tool prints when asked, on either stream; undefined if it cannot be started, says nothing, or does not
 * end in time. It gets no input, no terminal and nothing of the environment but where to find things.
 */
export function ask(path: string, words: readonly string[]): Promise<string | undefined> {
  const { PATH, HOME } = process.env;
  const child = spawn(path, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME, LC_ALL: 'C' },
    detached: true, // its own group, so that what it starts ends with it
  });
  let said = '';
  const note = (chunk: Buffer) => {
    if (said.length < keptChars) said += chunk.toString();
  };
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      killGroup(child.pid);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(undefined);
    }, waitMs);
    const done = () => {
      clearTimeout(timer);
      resolve(said === '' ? undefined : said);
    };
    child.on('error', done);
    child.on('close', done);
  });
}
