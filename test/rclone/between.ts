// An rclone in PATH that tells us of each call before the real one hears of it.

import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Ground } from './ground.ts';

/** Each call waits for this: its path is given. Undone at the end. */
export async function beforeEach(here: Ground, tell: (call: string) => void): Promise<AsyncDisposable> {
  const server = createServer((asked, answer) => {
    tell(asked.url!);
    answer.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const bin = join(dirname(here.source), 'bin/rclone');
  const real = fs.realpathSync(bin);
  fs.rmSync(bin);
  const words = [process.execPath, join(import.meta.dirname, 'relay.ts'), real, String(port)];
  fs.writeFileSync(bin, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 });
  return {
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
