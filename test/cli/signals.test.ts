import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import type { Progress, Tally } from '../../src/report/events.ts';
import { difpipe, directory, inShell, objects, start } from './difpipe.ts';

const megabytes = 10;

/** A transfer too slow to end by itself, once it has said that it moves bytes. */
async function underway(
  flags: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
  files: Readonly<Record<string, number>> = { big: megabytes * 1e6 },
) {
  const here = directory();
  const [source, dest] = [join(here, 'from'), join(here, 'to')];
  fs.mkdirSync(source);
  for (const [name, bytes] of Object.entries(files))
    fs.writeFileSync(join(source, name), Buffer.alloc(bytes, 'x'));
  const child = start(['transfer', '--json', '--bwlimit', '2M', ...flags, source, dest], { env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const errors = child.stderr.setEncoding('utf8').toArray() as Promise<string[]>;
  const next = async (type: string) => {
    for (;;) {
      const { done, value } = await lines.next();
      assert.ok(!done, `ended before ${type}: ${done && (await errors).join('')}`);
      const event = JSON.parse(value) as Record<string, unknown>;
      if (event.type === type) return event;
    }
  };
  const ended = once(child, 'close');
  await next(flags.includes('none') ? 'planned' : 'progress');
  return { child, next, source, dest, errors, code: async () => (await ended)[0] as number | null };
}

for (const [signal, expected] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`transfer stops cleanly on ${signal}, exits ${expected}, and is resumed`, async () => {
    const { child, next, code, source, dest, errors } = await underway();
    child.kill(signal);
    assert.equal((await next('stopping')).signal, signal);
    const { outcome, exitCode, resumeWith, run } = await next('finished');
    assert.deepEqual({ outcome, exitCode }, { outcome: 'stopped', exitCode: expected });
    assert.equal(resumeWith, `difpipe runs resume ${run}`);
    assert.deepEqual([await code(), (await errors).join('')], [expected, '']);
    assert.ok(!fs.existsSync(join(dest, 'big')));
    await resumed(String(run), source, dest);
  });
}

test('what a stopped run says to go on with goes on from anywhere, also where a flag named its state directory', async () => {
  const state = join(directory(), "my 'state");
  const { child, next, code, source, dest } = await underway(['--state-dir', state]);
  child.kill('SIGINT');
  const { resumeWith } = await next('finished');
  await code();
  const { status, stderr } = inShell(String(resumeWith));
  assert.equal(status, 0, stderr);
  assert.ok(fs.readFileSync(join(dest, 'big')).equals(fs.readFileSync(join(source, 'big'))));
});

test('a run that goes on counts its speed by what it moved itself, and one that was stopped predicts nothing', async () => {
  const files = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`f${i}`, 1_500_000]));
  const { child, next, code } = await underway(['--bwlimit', '4M'], {}, files);
  await next('progress');
  child.kill('SIGINT');
  const stopped = await next('finished');
  await code();
  const run = String(stopped.run);
  const [kept] = objects(difpipe(['runs', 'show', '--json', run]).stdout) as [
    { tally: Tally; predictedMs: null },
  ];
  assert.deepEqual([stopped.predictedMs, kept.predictedMs], [null, null]);
  const said = objects(difpipe(['runs', 'resume', '--json', run]).stdout);
  const { tally, movedBytes, expected } = said.at(-1)!;
  assert.ok(kept.tally.copiedBytes > 0);
  assert.equal((tally as Tally).copiedBytes, 12_000_000);
  assert.deepEqual([movedBytes, expected], [12_000_000 - kept.tally.copiedBytes, null]);
  const [first] = said.filter(({ type }) => type === 'progress') as [Progress];
  assert.equal(first.before!.bytes, kept.tally.copiedBytes);
  assert.ok(first.before!.bytes <= first.bytes && first.bytes <= first.totalBytes);
});

test('a stopped run says what of it is known for certain, as runs shows it, where more has arrived', async () => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, 500_000]));
  const { child, next, code } = await underway([], {}, files);
  await next('progress');
  child.kill('SIGINT');
  const { run, tally, keptTally } = (await next('finished')) as {
    run: string;
    tally: Tally;
    keptTally: Tally;
  };
  await code();
  const [kept] = objects(difpipe(['runs', 'show', '--json', run]).stdout) as [{ tally: Tally }];
  assert.ok(keptTally.copied < tally.copied);
  assert.deepEqual(keptTally, kept.tally);
});

test('a run that is stopped inside a large file says how much of it is there, and goes on from that', async () => {
  const bytes = 160_000_000;
  const { child, next, code } = await underway(['--bwlimit', '100M', '--streams', '1'], {}, { big: bytes });
  while (((await next('progress')) as Progress).bytes < 80_000_000);
  child.kill('SIGINT');
  const { run, tally, begun } = (await next('finished')) as {
    run: string;
    tally: Tally;
    begun: { files: number; bytes: number; ofBytes: number };
  };
  await code();
  assert.deepEqual([tally.copied, begun.files, begun.ofBytes], [0, 1, bytes]);
  assert.ok(begun.bytes > 0 && begun.bytes < bytes);
  const listed = difpipe(['runs'])
    .stdout.split('\n')
    .find((line) => line.startsWith(run));
  assert.match(listed!, / {2}0 files, 0 B, and [\d.]+ MB of 1 large file: /);
  assert.match(
    difpipe(['runs', 'show', run]).stdout,
    /^begun +of 1 large file, not counted yet, .* are there$/m,
  );
  const said = objects(difpipe(['runs', 'resume', '--json', run]).stdout);
  assert.deepEqual([said.at(-1)!.movedBytes, said.at(-1)!.begun], [bytes - begun.bytes, null]);
});

test('runs resume leaves alone what a later transfer did, unless it is asked for by its id', async () => {
  const state = ['--state-dir', directory()];
  const { child, next, code, source, dest } = await underway(state);
  child.kill('SIGINT');
  const { run } = await next('finished');
  await code();
  assert.equal(difpipe(['transfer', ...state, source, dest]).status, 0);
  const { status, stderr } = difpipe(['runs', 'resume', ...state]);
  assert.equal(status, 2);
  assert.match(stderr, /^difpipe: no run in .* is unfinished: /);
  assert.equal(difpipe(['runs', 'resume', ...state, String(run)]).status, 0);
});

test('runs resume knows two lists of one name, as those of two nights, apart', async () => {
  const here = directory();
  const list = join(here, 'list');
  fs.writeFileSync(list, 'big\n');
  const wanted = ['--state-dir', here, '--files-from', list];
  const { child, next, code, source, dest } = await underway(wanted);
  fs.writeFileSync(join(source, 'other'), 'other');
  child.kill('SIGINT');
  const { run } = await next('finished');
  await code();
  fs.writeFileSync(list, 'other\n');
  assert.equal(difpipe(['transfer', ...wanted, source, dest]).status, 0);
  assert.deepEqual(fs.readdirSync(dest), ['other']);
  const { status, stderr } = difpipe(['runs', 'resume', '--state-dir', here]);
  assert.deepEqual([status, fs.readdirSync(dest)], [2, ['other']]);
  assert.match(
    stderr,
    new RegExp(`^difpipe: cannot resume run ${run}: what is in its list is not what it was: `),
  );
  fs.writeFileSync(list, 'big\n');
  assert.equal(difpipe(['runs', 'resume', '--state-dir', here]).status, 0);
  assert.deepEqual(fs.readdirSync(dest), ['big', 'other']);
});

/** Without a limit on the rate the rest would be over in no time: the settings of the run are kept. */
async function resumed(run: string, source: string, dest: string): Promise<void> {
  const listed = difpipe(['runs', 'list']);
  assert.match(listed.stdout, new RegExp(`^${run} +stopped `, 'm'));
  const { status, stderr } = difpipe(['runs', 'resume', run]);
  assert.equal(status, 0, stderr);
  assert.match(stderr, new RegExp(`^continuing run ${run}: `));
  assert.ok(fs.readFileSync(join(dest, 'big')).equals(fs.readFileSync(join(source, 'big'))));
}

test('transfer under nohup goes on when the terminal hangs up', async () => {
  const { child, next, code } = await underway([], { _: '/usr/bin/nohup' });
  child.kill('SIGHUP');
  child.kill('SIGTERM');
  assert.equal((await next('stopping')).signal, 'SIGTERM');
  assert.equal(await code(), 143);
});

test('transfer stops at once when told twice', async () => {
  const { child, next, code, dest } = await underway();
  child.kill('SIGINT');
  child.kill('SIGINT');
  await next('stopping').catch(() => undefined);
  assert.equal(await code(), 130);
  assert.ok(!fs.existsSync(join(dest, 'big')));
});

test('transfer says how far it is on SIGQUIT, also with --progress none', async () => {
  const { child, next, code } = await underway(['--streams', '2', '--progress', 'none']);
  child.kill('SIGQUIT');
  assert.equal((await next('status')).lanes, 2);
  child.kill('SIGTERM');
  assert.equal(await code(), 143);
});

test('transfer takes one lane more on SIGUSR1 and one less on SIGUSR2', async () => {
  const { child, next, code } = await underway(['--streams', '2']);
  const lanes = async (count: number) => {
    while ((await next('progress')).lanes !== count);
  };
  child.kill('SIGUSR1');
  await lanes(3);
  child.kill('SIGUSR2');
  await lanes(2);
  child.kill('SIGTERM');
  assert.equal(await code(), 143);
});

test('a second transfer of the same places exits 6 and names who holds them', async () => {
  const { child, next, code, source, dest } = await underway(['--bwlimit', '400K']);
  const { status, stderr } = difpipe(['transfer', source, dest]);
  assert.equal(status, 6);
  assert.match(stderr, new RegExp(`^difpipe: .*\\b${child.pid}\\b.*\\n$`));
  const json = difpipe(['transfer', '--json', source, dest]);
  const { type, kind, exitCode } = JSON.parse(json.stdout) as Record<string, unknown>;
  assert.deepEqual({ type, kind, exitCode }, { type: 'error', kind: 'locked', exitCode: 6 });
  const running = difpipe(['runs', 'list', '--json']).stdout.split('\n')[0]!;
  assert.equal((JSON.parse(running) as Record<string, unknown>).pid, child.pid);
  child.kill('SIGTERM');
  await next('finished');
  assert.equal(await code(), 143);
});
