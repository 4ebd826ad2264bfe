// What lets a test in: a host that is opened and left again, and an agent with keys.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Access } from '../../src/ssh/access.ts';
import { openHost } from '../../src/ssh/host.ts';
import type { Sshd } from './sshd.ts';

const never = new AbortController().signal;

export async function enters(
  server: Pick<Sshd, 'access'>,
  place: ReturnType<Sshd['place']>,
  more: Partial<Access> = {},
): Promise<void> {
  await using host = await openHost(place, { ...server.access, ...more }, never);
  assert.ok(host.name);
}

/** OpenSSH's; `add` takes the arguments of ssh-add, and what asks for a passphrase. */
export async function startAgent(home: string) {
  const socket = join(home, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(agent.stdout, 'data');
  const ended = once(agent, 'exit');
  const add = (args: readonly string[], askpass = 'false') => {
    const env = { ...process.env, SSH_AUTH_SOCK: socket, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force' };
    execFileSync('ssh-add', ['-q', ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  return {
    socket,
    add,
    [Symbol.asyncDispose]: async () => {
      agent.kill();
      await ended;
    },
  };
}
