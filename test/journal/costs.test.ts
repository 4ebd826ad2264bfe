import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { costsOf, learnCosts } from '../../src/journal/costs.ts';
import { routesDir } from '../../src/journal/file/files.ts';
import { costRow, scratch, seeded } from './fixture.ts';

test('costsOf() gives what was learnt last in each scope, for each engine', () => {
  using dir = scratch();
  assert.deepEqual(costsOf(dir.path, ['a', 'machine']), [[], []]);
  assert.equal(existsSync(routesDir(dir.path)), false);
  learnCosts(dir.path, [
    { scope: 'machine', row: costRow('parallel', 1) },
    { scope: 'machine', row: costRow('tar', 2) },
    { scope: 'a', row: costRow('tar', 3) },
  ]);
  learnCosts(dir.path, [{ scope: 'a', row: costRow('tar', 5) }]);
  const expected = [[costRow('tar', 5)], [costRow('parallel', 1), costRow('tar', 2)], []];
  assert.deepEqual(costsOf(dir.path, ['a', 'machine', 'b']), expected);
});

test('learnCosts() replaces what is damaged; costsOf() never gives what was not learnt', () => {
  using dir = scratch();
  const path = join(routesDir(dir.path), 'machine.db');
  learnCosts(dir.path, [{ scope: 'a', row: costRow('parallel', 1) }]);
  const whole = readFileSync(path);
  const random = seeded(1);
  for (let i = 0; i < 100; i++) {
    const bytes = Buffer.from(whole);
    bytes[i < 50 ? i : random(bytes.length)]! ^= 1 << random(8);
    writeFileSync(path, bytes);
    const known = costsOf(dir.path, ['a'])[0]!;
    if (known.length > 0) assert.deepEqual(known, [costRow('parallel', 1)]);
    learnCosts(dir.path, [{ scope: 'a', row: costRow('parallel', i) }]);
    assert.deepEqual(costsOf(dir.path, ['a']), [[costRow('parallel', i)]]);
  }
  assert.ok(readdirSync(routesDir(dir.path)).some((name) => name.startsWith('machine.db.damaged-')));
});
