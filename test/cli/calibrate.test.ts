import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exampleOf, membersOf } from '../report/documented.ts';
import { difpipe, directory, objects, start } from './difpipe.ts';

const memory = fs.existsSync('/dev/shm') ? '/dev/shm' : '/tmp';

test('doctor --calibrate measures this machine, and predictions rest on it afterwards', () => {
  const [at, state] = [inMemory(), directory()];
  try {
    const env = { DIFPIPE_STATE_DIR: state };
    const { status, stdout, stderr } = difpipe(['doctor', '--calibrate', at, '--json'], { env });
    assert.equal(status, 0, stderr);
    const { type, costs } = JSON.parse(stdout) as { type: string; costs: { engine: string; runs: number }[] };
    assert.equal(type, 'calibrated');
    assert.deepEqual(membersOf(JSON.parse(stdout)), membersOf(exampleOf('calibrated')));
    assert.deepEqual([costs.length, costs[0]!.engine, costs[0]!.runs], [1, 'parallel', 6]);
    assert.deepEqual(fs.readdirSync(at), []);
    const analysed = difpipe(['analyze', '--json', state, at], { env });
    const found = objects(analysed.stdout).find(({ type }) => type === 'analysis')!;
    const candidates = found.candidates as { chosen: boolean; basis: string }[];
    assert.equal(candidates.find(({ chosen }) => chosen)!.basis, 'machine');
    assert.match(difpipe(['runs'], { env }).stderr, /no runs are kept/);
  } finally {
    fs.rmSync(at, { recursive: true });
  }
});

test('doctor --calibrate leaves nothing and learns nothing when it is stopped', async () => {
  const [at, state] = [inMemory(), directory()];
  try {
    const child = start(['doctor', '--calibrate', at], { env: { DIFPIPE_STATE_DIR: state } });
    for await (const _ of fs.promises.watch(at, { recursive: true })) if (isMoving(at)) break;
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'close'), [130, null]);
    assert.deepEqual(fs.readdirSync(at), []);
    assert.deepEqual(fs.readdirSync(state), []);
  } finally {
    fs.rmSync(at, { recursive: true });
  }
});

test('doctor --calibrate says where it cannot', () => {
  const { status, stderr } = difpipe(['doctor', '--calibrate', '/no/such/dir']);
  assert.deepEqual([status, stderr.split('\n').length], [2, 2], stderr);
  assert.match(stderr, /^difpipe: cannot make a directory in \/no\/such\/dir to calibrate in: no such file/);
});

function inMemory(): string {
  return fs.mkdtempSync(join(memory, 'difpipe-test-'));
}

function isMoving(at: string): boolean {
  const [own] = fs.readdirSync(at);
  return own !== undefined && fs.existsSync(join(at, own, 'large 0'));
}
