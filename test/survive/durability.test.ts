import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { type Call, traced } from './fault.ts';
import { place } from './ground.ts';
import { assertStatus } from './program.ts';
import { spread } from './tree.ts';

// When the destination is told to keep what it got, and when the Journal hears of it, as strace sees it.

const files = 30;

type Seen = { readonly syncs: number; readonly calls: readonly Call[] };

function isNaming({ name }: Call): boolean {
  return name === 'linkat';
}

function isTelling({ name, line }: Call): boolean {
  return name === 'pwrite64' && line.includes('.db-wal');
}

describe('--durability', { concurrency: 3, skip: needs('strace') }, () => {
  test('part: a barrier between what is written and the Journal that is told of it', async () => {
    const { calls, syncs } = await watch(['--durability', 'part']);
    const kinds = calls.map((call) => (isNaming(call) ? 'name' : isTelling(call) ? 'tell' : 'sync'));
    assert.ok(kinds.indexOf('tell') < kinds.indexOf('name'), 'the run is told before anything is written');
    assert.deepEqual(kinds.slice(kinds.lastIndexOf('name'), kinds.lastIndexOf('name') + 3), [
      'name',
      'sync',
      'tell',
    ]);
    assert.equal(syncs, 1);
  });

  test('part: again and again in a long run; run: once; none: never', async () => {
    const slowly = ['--bwlimit', '800K'];
    const [part, run, none] = await Promise.all(
      ['part', 'run', 'none'].map((when) => watch(['--durability', when, ...slowly])),
    );
    assert.ok(part!.syncs >= 2, `${part!.syncs} barriers`);
    assert.deepEqual([run!.syncs, none!.syncs], [1, 0]);
    const told = ({ calls }: Seen) => calls.filter(isTelling).length;
    assert.ok(told(none!) > told(run!), 'what was done is told all the same');
  });

  test('part: no barrier where nothing was written', async () => {
    using here = place();
    fill(join(here.path, 'source'));
    await trace(here.path, []);
    assert.equal((await trace(here.path, [])).syncs, 0);
  });
});

async function watch(flags: readonly string[]): Promise<Seen> {
  using here = place();
  fill(join(here.path, 'source'));
  return await trace(here.path, flags);
}

function fill(source: string): void {
  fs.mkdirSync(source);
  for (let i = 0; i < files; i++) fs.writeFileSync(join(source, `f${i}`), Buffer.alloc(5000, i));
  spread(join(source, 'large'), { ranges: 20, dataBytes: 100_000 });
}

async function trace(path: string, flags: readonly string[]): Promise<Seen> {
  const words = ['transfer', '--streams', '1', ...flags, join(path, 'source'), join(path, 'dest')];
  const strace = ['-e', 'trace=syncfs,linkat,pwrite64'];
  const { ended, calls } = await traced(path, strace, join(path, 'state'), words);
  assertStatus(0, ended);
  const seen = calls.filter((call) => isNaming(call) || isTelling(call) || call.name === 'syncfs');
  return { calls: seen, syncs: seen.filter(({ name }) => name === 'syncfs').length };
}
