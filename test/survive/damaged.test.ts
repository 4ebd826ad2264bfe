/** The Journal of a run that was killed is not what was written: it is set aside, and the run starts by looking. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { place } from './ground.ts';
import { assertSame, runTo, start } from './program.ts';

const MiB = 1024 * 1024;

const damages: Readonly<Record<string, (db: string) => void>> = {
  'cut short': (db) => fs.truncateSync(db, Math.floor(fs.statSync(db).size / 2)),
  'with bits turned': (db) => turnBits(db),
  'another file': (db) => fs.writeFileSync(db, 'not a database, but as long as one\n'.repeat(1000)),
  'without its WAL': (db) => fs.rmSync(`${db}-wal`),
};

describe('a run that was killed, and its Journal', { skip: needs('rsync') }, () => {
  for (const [what, damage] of Object.entries(damages)) {
    test(`${what}: said, set aside, and nothing is missing or stray`, async () => {
      using here = place();
      const { source, dest, state } = made(here.path);
      await killedInside(state, source, dest);
      damage(databaseIn(state));
      const { stderr, said } = await runTo(0, state, ['transfer', source, dest]);
      assertSame(source, dest);
      const warned = said.filter(({ type }) => type === 'warning').map(({ message }) => String(message));
      // Pages that are whole in the WAL are not read from the database: then there was nothing to notice.
      if (what !== 'another file' && warned.length === 0) return;
      assert.match(warned.join('\n') + stderr, /damaged/);
      assert.ok(fs.readdirSync(join(state, 'routes')).some((name) => name.includes('.damaged-')));
    });
  }
});

function made(path: string) {
  const source = join(path, 'from');
  fs.mkdirSync(source);
  for (let i = 0; i < 300; i++) fs.writeFileSync(join(source, `f${i}`), `file ${i}\n`);
  fs.writeFileSync(join(source, 'large'), Buffer.alloc(130 * MiB, 'large '));
  return { source, dest: join(path, 'to'), state: join(path, 'state') };
}

/** Killed when a range of the large file was told to the Journal, and another is under way. */
async function killedInside(state: string, source: string, dest: string): Promise<void> {
  const { child, next } = start(state, ['transfer', '--bwlimit', '25M', source, dest]);
  await next(
    'progress',
    (said) => Number((said.progress as { bytes: number } | undefined)?.bytes ?? said.bytes) > 70 * MiB,
  );
  child.kill('SIGKILL');
  await once(child, 'close');
}

function databaseIn(state: string): string {
  const routes = join(state, 'routes');
  const name = fs.readdirSync(routes).find((file) => /^[0-9a-f]{24}\.db$/.test(file))!;
  return join(routes, name);
}

function turnBits(path: string): void {
  const bytes = fs.readFileSync(path);
  for (let at = 100; at < bytes.length; at += 97) bytes[at]! ^= 1 << (at % 8);
  fs.writeFileSync(path, bytes);
}
