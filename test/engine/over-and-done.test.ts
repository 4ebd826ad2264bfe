import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createControl } from '../../src/control.ts';
import type { Event } from '../../src/report/events.ts';
import { transfer } from '../../src/transfer.ts';
import { opening, plainly } from './over.ts';
import { workspace } from './run.ts';

test('a transfer that is over has no lanes to give or take, and no state to tell of', async () => {
  const here = workspace();
  const [source, dest] = [join(here, 'from'), join(here, 'to')];
  for (let dir = 0; dir < 20; dir++) {
    fs.mkdirSync(join(source, `${dir}`), { recursive: true });
    for (let file = 0; file < 50; file++) fs.writeFileSync(join(source, `${dir}`, `${file}`), 'x');
  }
  const place = (path: string) => ({ kind: 'local', path: Buffer.from(path) }) as const;
  const request = { ...plainly, verify: true, stateDir: join(here, 'state') };
  const control = createControl();
  const events: Event[] = [];
  const heard = (event: Event) => void events.push(event);
  let threads = 0;
  process.on('worker', () => threads++);
  await transfer({ source: place(source), dest: place(dest) }, request, {
    report: heard,
    control,
    open: opening(),
  });
  const before = [events.length, threads];
  control.changeLanes(1);
  control.askStatus();
  assert.deepEqual([events.length, threads], before);
  assert.ok(threads > 0);
});
