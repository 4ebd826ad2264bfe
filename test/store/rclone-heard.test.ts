import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isKind } from '../../src/errors.ts';
import { allHeard } from '../../src/store/rclone/all-heard.ts';
import { ask } from '../../src/store/rclone/call.ts';
import { createDaemon, type Daemon } from '../../src/store/rclone/daemon.ts';
import { needs } from '../peer.ts';
import { place } from '../survive/ground.ts';
import { signal } from './bodies.ts';

const isSilence = (error: unknown) => isKind(error, 'transient') && /rclone says nothing/.test(error.message);

/** The rclone in PATH, which says its process and whose log goes through a program. */
function daemonAt(here: { readonly path: string }, log = 'cat'): Daemon {
  const program = join(here.path, 'rclone');
  const script = `#!/bin/bash\necho $$ >'${here.path}/pid'\nexec /usr/bin/rclone "$@" 2> >(exec ${log} >&2)\n`;
  fs.writeFileSync(program, script, { mode: 0o755 });
  return createDaemon({ program, env: process.env }, `:local:${here.path}`);
}

describe('allHeard()', { skip: needs('rclone') }, () => {
  test('waits behind no bytes of files', async () => {
    using here = place();
    await using daemon = daemonAt(here);
    fs.writeFileSync(join(here.path, 'file'), '');
    fs.truncateSync(join(here.path, 'file'), 2 ** 30);
    const words = { method: 'GET', path: '/%5Bdifpipe_place:%5D/file' } as const;
    const answers = await Promise.all(Array.from({ length: 128 }, () => ask(daemon, words, signal)));
    await allHeard(daemon, signal);
    for (const answer of answers) answer.destroy();
  });

  test('fails and may be tried again where rclone does not answer', async () => {
    using here = place();
    await using daemon = daemonAt(here);
    await allHeard(daemon, signal);
    const pid = Number(fs.readFileSync(join(here.path, 'pid'), 'utf8'));
    process.kill(pid, 'SIGSTOP');
    await assert.rejects(allHeard(daemon, signal, 200), isSilence);
    process.kill(pid, 'SIGCONT');
    await allHeard(daemon, signal);
  });

  test('fails where what it waits for is not in the log', async () => {
    using here = place();
    await using daemon = daemonAt(here, 'grep --line-buffered -v difpipe-mark');
    await daemon.reach(signal);
    await assert.rejects(allHeard(daemon, signal, 500), isSilence);
  });

  test('ends with whoever waits', async () => {
    using here = place();
    await using daemon = daemonAt(here, 'grep --line-buffered -v difpipe-mark');
    await daemon.reach(signal);
    const stop = new AbortController();
    const waiting = allHeard(daemon, stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(waiting, /^Error: enough$/);
  });
});
