// Values of ssh_config that say where something is by other things: the environment, the host, who we are.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { enters, startAgent } from './enters.ts';
import { fails } from './fails.ts';
import { type Sshd, startSshd } from './sshd.ts';

/** As ssh_config writes what the environment says. */
const of = (name: string) => `\${${name}}`;

const skip = needs('sshd', 'ssh');

/** The person's only way in is what `lines` lead to; ssh itself must get in by them, too. */
async function assertLeadsIn(
  server: Sshd,
  lines: readonly string[],
  environment: Environment,
): Promise<void> {
  const config = join(server.home, '.ssh/config');
  fs.writeFileSync(config, lines.map((line) => `${line}\n`).join(''));
  const { user, host, port } = server.place();
  const words = ['-F', config, '-o', 'BatchMode=yes', '-p', `${port}`, '-l', user!, host, 'true'];
  execFileSync('ssh', words, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await enters(server, server.place(), { variable: (name) => environment[name] });
}

type Environment = Readonly<Record<string, string>>;

test('IdentityFile, IdentityAgent and UserKnownHostsFile are where the environment and tokens say', {
  skip,
}, async () => {
  await using server = await startSshd();
  await using agent = await startAgent(server.home);
  const { home } = server;
  const { uid, username } = userInfo();
  agent.add([join(home, '.ssh/id_ed25519')]);
  for (const half of ['', '.pub'])
    fs.renameSync(join(home, `.ssh/id_ed25519${half}`), join(home, `key${half}`));
  fs.renameSync(join(home, '.ssh/known_hosts'), join(home, 'known'));
  const known = `UserKnownHostsFile ${of('PLACE')}/known`;
  const here = { PLACE: home };
  const alone = ['IdentityAgent none', 'IdentitiesOnly yes', known];
  await assertLeadsIn(server, [`IdentityFile ${of('PLACE')}/key`, ...alone], here);
  await assertLeadsIn(server, ['IdentityFile none', `IdentityAgent ${of('PLACE')}/agent`, known], here);
  await assertLeadsIn(server, ['IdentityFile none', 'IdentityAgent $SOCKET', known], {
    ...here,
    SOCKET: agent.socket,
  });
  fs.symlinkSync(join(home, 'key'), join(home, `${uid}-${hostname()}-${username}-other`));
  fs.writeFileSync(join(home, 'known'), `other ${server.hostKey}\n`);
  const byTokens = ['HostKeyAlias other', `IdentityFile ${of('PLACE')}/%i-%l-%u-%k`, ...alone];
  await assertLeadsIn(server, byTokens, here);
});

test('what the environment does not have is named, as ssh does', { skip }, async () => {
  await using server = await startSshd();
  fs.writeFileSync(join(server.home, '.ssh/config'), `IdentityFile ${of('NOTHING_SUCH')}/key\n`);
  await assert.rejects(
    enters(server, server.place()),
    fails('usage', /there is no NOTHING_SUCH in the environment/),
  );
});
