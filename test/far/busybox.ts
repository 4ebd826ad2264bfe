/** A host that has nothing but busybox, and lets one in with what runs programs `as` somebody else. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { place } from '../survive/ground.ts';
import { type Far, far } from './ground.ts';

export async function farBusybox({ options = [] as readonly string[], as = '' } = {}): Promise<Far> {
  const tools = place();
  const sh = (words: string) => execFileSync('sh', ['-c', words], { encoding: 'utf8' }).trim();
  const busybox = sh('command -v busybox');
  for (const name of sh('busybox --list').split('\n')) fs.symlinkSync(busybox, join(tools.path, name));
  const here = await far({
    options: [
      ...options,
      `ForceCommand exec ${as} /usr/bin/env PATH=${tools.path} ${tools.path}/sh -c "$SSH_ORIGINAL_COMMAND"`,
    ],
  });
  return {
    ...here,
    [Symbol.asyncDispose]: async () => {
      await here[Symbol.asyncDispose]();
      tools[Symbol.dispose]();
    },
  };
}
