/** A real nginx, a place to work in, and the program run as a person would who has nothing to do with other servers. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { place } from '../survive/ground.ts';
import { type Ended, type How, type Running, runTo, start } from '../survive/program.ts';
import { type Nginx, startNginx } from './nginx.ts';

export type Web = AsyncDisposable & {
  readonly server: Nginx;
  /** gone afterwards, like all below it */
  readonly path: string;
  readonly dest: string;
  readonly state: string;
  readonly home: string;
  readonly start: (words: readonly string[], how?: How) => Running;
  readonly runTo: (status: number, words: readonly string[], how?: How) => Promise<Ended>;
};

export async function web(how: Parameters<typeof startNginx>[0] = {}): Promise<Web> {
  const here = place();
  const server = await startNginx(how);
  const [state, home] = [join(here.path, 'state'), join(here.path, 'home')];
  fs.mkdirSync(home);
  const none = { http_proxy: '', https_proxy: '', HTTPS_PROXY: '', all_proxy: '', ALL_PROXY: '' };
  const env = (more: How = {}): How => ({ ...more, env: { HOME: home, ...none, ...more.env } });
  return {
    server,
    path: here.path,
    dest: join(here.path, 'to'),
    state,
    home,
    start: (words, more) => start(state, words, env(more)),
    runTo: (status, words, more) => runTo(status, state, words, env(more)),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      here[Symbol.dispose]();
    },
  };
}
