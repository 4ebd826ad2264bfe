import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { openJournal } from '../../src/journal/open.ts';
import { commitOf, endOf, routeOf } from '../journal/fixture.ts';
import { difpipe, directory, inShell, objects } from './difpipe.ts';
import { tree } from './trees.ts';

const here = directory();
const source = tree(join(here, 'from'), { a: 'a', 'sub/b': 'bb' });
const ids: string[] = [];

before(() => {
  for (const dest of ['one', 'two']) {
    const { stdout, status } = difpipe(['transfer', '--json', source, join(here, dest)]);
    assert.equal(status, 0);
    ids.push(objects(stdout)[0]!.run as string);
  }
});

test('runs lists what ran, the newest first, and so does runs list', () => {
  const { status, stdout, stderr } = difpipe(['runs']);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  const line = (id: string, dest: string) =>
    new RegExp(
      `^${id}  done +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d  2 files, 3 B: ${source} to ${here}/${dest}$`,
    );
  const lines = stdout.trimEnd().split('\n');
  assert.match(lines[0]!, line(ids[1]!, 'two'));
  assert.match(lines[1]!, line(ids[0]!, 'one'));
  assert.equal(difpipe(['runs', 'list']).stdout, stdout);
  assert.equal(difpipe(['runs', '--json']).stdout, difpipe(['runs', 'list', '--json']).stdout);
  assert.match(difpipe(['runs', '--state-dir', join(here, 'none')]).stderr, /^no runs are kept in /);
});

test('runs list --json gives one object each, settings as they were asked for', () => {
  const rows = objects(difpipe(['runs', 'list', '--json']).stdout);
  assert.deepEqual(
    rows.map(({ schema, type, id, state }) => [schema, type, id, state]),
    [
      [1, 'run', ids[1], 'done'],
      [1, 'run', ids[0], 'done'],
    ],
  );
  assert.equal((rows[0]!.settings as { durability: string }).durability, 'part');
});

test('runs show takes the start of an id, and prints settings, tally, predicted and actual time', () => {
  const { status, stdout } = difpipe(['runs', 'show', ids[0]!.slice(0, -1)]);
  assert.equal(status, 0);
  assert.match(stdout, new RegExp(`^run +${ids[0]}$`, 'm'));
  assert.match(stdout, /^tally +moved 2 files \(3 B\), skipped 0/m);
  assert.match(stdout, /^took +[\d.]+ s/m);
  assert.match(stdout, /^ {2}strategy +"auto"$/m);
});

test('a start that several ids have is refused, and the nearest id offered for a wrong one', () => {
  const shared = difpipe(['runs', 'show', ids[0]!.slice(0, 4)]);
  assert.equal(shared.status, 2);
  assert.match(shared.stderr, /^difpipe: 2 runs begin with \d+: give more of the id, as in /);
  const wrong = `${ids[0]!.slice(0, -1)}${ids[0]!.endsWith('0') ? '1' : '0'}`;
  const { status, stderr } = difpipe(['runs', 'show', wrong]);
  assert.equal(status, 2);
  assert.match(stderr, /did you mean 20\d+-\d+-\w+\?$/m);
});

test('what is done is neither resumed nor retried', () => {
  const resumed = difpipe(['runs', 'resume', ids[0]!]);
  assert.deepEqual([resumed.status, resumed.stdout], [2, '']);
  assert.match(resumed.stderr, new RegExp(`^difpipe: run ${ids[0]} is not unfinished but done: `));
  const retried = difpipe(['runs', 'retry', ids[0]!]);
  assert.deepEqual(retried, { status: 0, stdout: '', stderr: `nothing failed in run ${ids[0]}\n` });
});

test('runs show and runs retry are said with the state directory that a flag named, as a shell takes it', () => {
  const at = join(here, 'many');
  const names = Array.from({ length: 51 }, (_, i) => `f${i}`);
  const [from, to, state] = ['from', 'to', "my 'state"].map((name) => join(at, name)) as [
    string,
    string,
    string,
  ];
  tree(from, Object.fromEntries(names.map((name) => [name, 'x'])));
  tree(to, Object.fromEntries(names.map((name) => [`${name}/kept`, 'k'])));
  const { status, stderr } = difpipe(['transfer', '--state-dir', "my 'state", from, to], { cwd: at });
  assert.equal(status, 3);
  const [show, retry] = [/and 1 more: (.+)/, /again with: (.+)/].map((said) => said.exec(stderr)![1]!);
  assert.match(inShell(show!).stdout, /^state +partial$/m);
  fs.rmSync(to, { recursive: true });
  assert.equal(inShell(retry!).status, 0);
  assert.deepEqual(fs.readdirSync(to).sort(), names.sort());
  const nothing = difpipe(['runs', 'resume', '--state-dir', state]);
  assert.ok(
    nothing.stderr.endsWith(` difpipe runs --state-dir '${state.replace("'", "'\\''")}' lists them\n`),
  );
});

test('runs retry does not take some of what failed for all of it', () => {
  const state = join(here, 'many');
  const route = routeOf('/from', '/to');
  using journal = openJournal(state, route);
  const id = journal.startRun({ settings: '{}', predictedMs: undefined });
  const failure = { kind: 'denied', message: 'cannot read it', hint: undefined } as const;
  const failures = Array.from({ length: 100_001 }, (_, i) => ({ ...failure, path: Buffer.from(`f${i}`) }));
  journal.commit(commitOf({ failures }));
  journal.endRun(endOf({ state: 'partial' }));
  const { status, stderr } = difpipe(['runs', 'retry', id, '--state-dir', state]);
  assert.equal(status, 2);
  assert.match(
    stderr,
    /^difpipe: 100,001 entries failed in run .*, of which only 100,000 are remembered: start/,
  );
});

test('runs forget forgets one run, with --json in one object', () => {
  const extra = objects(difpipe(['transfer', '--json', source, join(here, 'three')]).stdout)[0]!
    .run as string;
  const { status, stdout } = difpipe(['runs', 'forget', '--json', extra]);
  assert.equal(status, 0);
  assert.deepEqual(objects(stdout), [{ schema: 1, type: 'forgotten', id: extra, route: true }]);
  assert.doesNotMatch(difpipe(['runs']).stdout, new RegExp(extra));
  const again = difpipe(['runs', 'forget', extra]);
  assert.equal(again.status, 2);
});

test('an empty state directory has no runs, and is not made', () => {
  const state = join(here, 'none');
  const { status, stdout, stderr } = difpipe(['runs', 'list', '--state-dir', state]);
  assert.deepEqual(
    { status, stdout, stderr },
    { status: 0, stdout: '', stderr: `no runs are kept in ${state}\n` },
  );
  assert.ok(!fs.existsSync(state));
});

test('a run says what it expects by those before it, and runs show what there was instead', () => {
  const dest = join(here, 'again');
  const transfer = () => objects(difpipe(['transfer', '--json', source, dest]).stdout);
  const planOf = (said: readonly Record<string, unknown>[]) =>
    said.find(({ type }) => type === 'planned')!.plan as Record<string, unknown>;
  assert.deepEqual(
    [planOf(transfer()).predictedMs, planOf(transfer()).assumes],
    [null, 'if nothing changed since the last run: how much does is not known yet'],
  );
  fs.writeFileSync(join(source, 'later'), 'more');
  const { run, expected } = transfer().at(-1)! as { run: string; expected: Record<string, number> };
  assert.deepEqual([expected.entries, expected.bytes], [0, 0]);
  const { stdout } = difpipe(['runs', 'show', run]);
  assert.match(
    stdout,
    /^expected +[\d.]+ s before it looked, with 0 entries \(0 B\) .*: there were \d \(4 B\)$/m,
  );
  fs.rmSync(dest, { recursive: true });
  const { assumes, legs } = planOf(transfer()) as { assumes: string; legs: { files: number }[] };
  assert.match(assumes, /nothing is at the destination$/);
  assert.equal(legs[0]!.files, 5);
});
