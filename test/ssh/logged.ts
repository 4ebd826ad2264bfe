import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program of a host that keeps what it was asked. */
export type Logged = {
  /** for an sshd that is to have it */
  readonly option: string;
  /** the words of each run since the last look */
  said(): string[];
  [Symbol.dispose](): void;
};

export function logged(program: 'mkdir' | 'stat'): Logged {
  const bin = fs.mkdtempSync(join(tmpdir(), 'programs-'));
  const log = join(bin, 'log');
  const script = `#!/bin/sh\necho "$*" >>${log}\nexec /usr/bin/${program} "$@"\n`;
  fs.writeFileSync(join(bin, program), script, { mode: 0o755 });
  fs.writeFileSync(log, '');
  return {
    option: `SetEnv PATH=${bin}:/usr/bin:/bin`,
    said: () => {
      const lines = fs.readFileSync(log, 'utf8').split('\n');
      fs.truncateSync(log);
      return lines;
    },
    [Symbol.dispose]: () => fs.rmSync(bin, { recursive: true }),
  };
}

/** How many batches were unpacked on a host, by what its `mkdir` was asked. */
export function batchesIn(said: readonly string[]): number {
  return said.filter((words) => /^\.\/\.difpipe-[^/]*$/.test(words)).length;
}
