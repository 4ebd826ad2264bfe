import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { needs } from '../peer.ts';
import { startSshd } from '../ssh/sshd.ts';
import { assertStatus, type Ended, warnings } from '../survive/program.ts';
import { differences, errorOf } from './ground.ts';
import { mark, ordinary } from './tree.ts';
import { letIn, type Two, two } from './two.ts';

// The first host's own ssh, and two real servers. What goes through here has to pass a line that counts.

const skip = needs('sshd', 'ssh', 'rsync', 'root');
const MiB = 2 ** 20;
const quick = { bytesPerMs: 1e6 };
const largeMiB = 74; // just above what goes at once

const words = (here: Two, ...more: readonly string[]) => [
  'transfer',
  '--direct',
  ...more,
  here.url(here.source),
  here.far(here.dest),
];

describe('transfer --direct', { skip, concurrency: 2 }, () => {
  test('large files go from host to host, small ones through here, and that is said', async () => {
    await using here = await two();
    ordinary(here.source, { files: 20, largeMiB });
    const ended = await here.runTo(0, words(here));
    const { bytes, reason } = ended.summary!.direct!;
    assert.ok(bytes >= 56 * MiB, `${bytes} went straight`);
    assert.match(reason, /^straight, 8.39 MB took .*; through this machine, 8.39 MB took/);
    assert.ok(here.line.bytes() < 20 * MiB, `${here.line.bytes()} went through here`);
    assert.deepEqual(otherWarnings(ended), []);
    assert.deepEqual(differences(here.source, here.dest), []);
    await assertNothingLeft(here);
  });

  test('a file that changes meanwhile is read again', async () => {
    await using here = await two();
    ordinary(here.source, { files: 1, largeMiB });
    const running = here.start(words(here, '--bwlimit', '30M'));
    await running.next('progress', ({ bytes }) => Number(bytes) > 20 * MiB);
    mark(join(here.source, 'large'), 5, 'another state');
    assertStatus(0, await running.ended);
    assert.deepEqual(differences(here.source, here.dest), []);
  });

  test('kill -9 leaves no program, no agent and no file on either host, and the next run goes on', async () => {
    await using here = await two();
    ordinary(here.source, { files: 1, largeMiB });
    const running = here.start(words(here, '--bwlimit', '20M'));
    await running.next('progress', ({ bytes }) => Number(bytes) > 20 * MiB);
    const [line] = linesTo(here.second.port);
    const { files, agent } = line!;
    assert.ok(fs.existsSync(files) && fs.existsSync(agent));
    running.child.kill('SIGKILL');
    await running.ended;
    await assertNothingLeft(here);
    assert.deepEqual(
      [files, agent].filter((path) => fs.existsSync(path)),
      [],
    );
    await here.runTo(0, ['runs', 'resume']);
    assert.deepEqual(differences(here.source, here.dest), []);
  });

  test('SIGTERM stops it on all three machines, and the next run goes on', async () => {
    await using here = await two();
    ordinary(here.source, { files: 20, largeMiB });
    const running = here.start(words(here, '--bwlimit', '30M'));
    await running.next('progress', ({ bytes }) => Number(bytes) > 20 * MiB);
    assert.ok(linesTo(here.second.port).length > 0);
    running.child.kill('SIGTERM');
    const ended = await running.ended;
    assertStatus(143, ended);
    assert.equal(ended.summary!.outcome, 'stopped');
    await assertNothingLeft(here);
    await here.runTo(0, ['runs', 'resume']);
    assert.deepEqual(differences(here.source, here.dest), []);
  });

  test('lines that break are made anew', async () => {
    await using here = await two();
    ordinary(here.source, { files: 1, largeMiB });
    const running = here.start(words(here, '--bwlimit', '30M'));
    await running.next('progress', ({ bytes }) => Number(bytes) > 30 * MiB);
    const broken = linesTo(here.second.port).map(({ pid }) => pid);
    for (const pid of broken) process.kill(pid, 'SIGKILL');
    const ended = await running.ended;
    assertStatus(0, ended);
    assert.ok(broken.length > 0);
    assert.deepEqual(otherWarnings(ended), []);
    assert.deepEqual(differences(here.source, here.dest), []);
    await assertNothingLeft(here);
  });

  test('a host that lets nothing through its lines: all goes through here, which is said once', async () => {
    await using here = await two({ ...quick, others: ['MaxSessions 1'] });
    ordinary(here.source, { files: 1, largeMiB });
    const ended = await here.runTo(0, words(here));
    assert.match(
      otherWarnings(ended).join(),
      /^cannot copy straight from .* to .*; all goes through this machine$/,
    );
    assert.equal(ended.summary!.direct!.bytes, 0);
    assert.deepEqual(differences(here.source, here.dest), []);
  });

  test('another host in the place of the second one gets nothing, and all goes through here', async () => {
    await using here = await two(quick);
    await using rival = await startSshd();
    letIn(here, rival);
    here.mislead(rival.port);
    ordinary(here.source, { files: 1, largeMiB });
    const ended = await here.runTo(0, words(here));
    assert.match(
      otherWarnings(ended).join(),
      /cannot reach .* by itself: Host key verification failed.; all goes through/,
    );
    assert.equal(ended.summary!.direct!.bytes, 0);
    assert.doesNotMatch(rival.log(), /Accepted/);
    assert.deepEqual(differences(here.source, here.dest), []);
  });

  test('a host that forwards no agent: all goes through here, which is said once', async () => {
    await using here = await two({ ...quick, options: ['AllowAgentForwarding no'] });
    ordinary(here.source, { files: 1, largeMiB });
    const ended = await here.runTo(0, words(here));
    assert.match(otherWarnings(ended).join('\n'), /^.*all goes through this machine.*$/);
    assert.deepEqual(differences(here.source, here.dest), []);
  });

  test('a host without ssh: all goes through here, which is said once', async () => {
    const tools = fs.mkdtempSync('/dev/shm/difpipe-tools-');
    for (const name of fs.readdirSync('/usr/bin'))
      if (!name.startsWith('ssh')) fs.symlinkSync(join('/usr/bin', name), join(tools, name));
    try {
      await using here = await two({
        ...quick,
        options: [`ForceCommand PATH=${tools} exec sh -c "$SSH_ORIGINAL_COMMAND"`],
      });
      ordinary(here.source, { files: 1, largeMiB });
      const ended = await here.runTo(0, words(here));
      assert.match(otherWarnings(ended).join(), /by itself: no ssh there; all goes through this machine/);
      assert.deepEqual(differences(here.source, here.dest), []);
    } finally {
      fs.rmSync(tools, { recursive: true });
    }
  });

  test('small files alone go through here, and a dry run does not speak of it', async () => {
    await using here = await two(quick);
    ordinary(here.source, { files: 10 });
    assert.equal((await here.runTo(0, words(here, '--dry-run'))).summary!.direct, null);
    const { direct } = (await here.runTo(0, words(here))).summary!;
    assert.deepEqual(direct, { bytes: 0, reason: 'nothing that goes is large enough for ranges' });
    assert.deepEqual(differences(here.source, here.dest), []);
  });

  test('is refused where an end is not behind SSH', async () => {
    await using here = await two();
    for (const ends of [
      [here.source, here.far(here.dest)],
      [here.url(here.source), here.dest],
    ]) {
      const ended = await here.runTo(2, ['transfer', '--direct', ...ends]);
      assert.match(errorOf(ended).message, /--direct is between two hosts: \S+ is not behind SSH/);
    }
  });
});

/** But for what is always said between hosts. */
function otherWarnings(ended: Ended): string[] {
  return warnings(ended).filter((message) => !/not carried/.test(message));
}

/** What the first host's ssh was started with: where its files are, and its agent. */
function linesTo(port: number): { readonly pid: number; readonly files: string; readonly agent: string }[] {
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const argv = read(`/proc/${pid}/cmdline`);
    const files = /UserKnownHostsFile=([^\0]+)\/known\0/.exec(argv)?.[1];
    if (files === undefined || !argv.startsWith('ssh\0') || !argv.includes(`\0-p\0${port}\0`)) return [];
    return [
      { pid: Number(pid), files, agent: /SSH_AUTH_SOCK=([^\0]+)/.exec(read(`/proc/${pid}/environ`))![1]! },
    ];
  });
}

function read(path: string): string {
  try {
    return fs.readFileSync(path, 'latin1');
  } catch {
    return ''; // it has ended meanwhile
  }
}

async function assertNothingLeft({ server, second }: Two): Promise<void> {
  const left = () => [...server.sessions(), ...second.sessions(), ...linesTo(second.port)];
  for (let look = 0; look < 500 && left().length > 0; look++) await wait(20);
  assert.deepEqual(left(), []);
}
