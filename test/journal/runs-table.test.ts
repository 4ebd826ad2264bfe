import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fill } from '../../src/journal/file/create.ts';
import { connect } from '../../src/journal/file/sqlite.ts';
import { runsTable } from '../../src/journal/tables/runs-table.ts';
import type { RunRow } from '../../src/journal/types.ts';
import { emptyProfile } from '../../src/profile/profile.ts';
import { emptyTally } from '../../src/report/events.ts';

const run: RunRow = {
  id: '20260102-0304-abcdef',
  source: '/from',
  dest: '/to',
  state: 'running',
  startedMs: 5,
  endedMs: undefined,
  bootId: 'boot',
  settings: '{}',
  tally: emptyTally(),
  profile: emptyProfile(),
  notices: {},
  walkEnded: false,
  failures: 0,
  predictedMs: undefined,
  elapsedMs: undefined,
  whyOff: undefined,
  expected: undefined,
};

test('all() of the runs says what a row is now, however often it was asked for before', () => {
  using db = connect('', { readonly: false, waitMs: 0 });
  fill(db);
  const runs = runsTable(db);
  runs.write(run);
  const states = () => runs.all().map(({ id, state }) => `${id} ${state}`);
  assert.deepEqual(states(), ['20260102-0304-abcdef running']);
  assert.deepEqual(states(), ['20260102-0304-abcdef running']);
  runs.write({ ...run, state: 'done' });
  assert.deepEqual(states(), ['20260102-0304-abcdef done']);
  runs.write({ ...run, id: '20260102-0305-000000' });
  assert.deepEqual(states(), ['20260102-0305-000000 running', '20260102-0304-abcdef done']);
  db.prepare("UPDATE runs SET body = replace(body, '/to', '/ta') WHERE id = ?").run(run.id);
  assert.throws(states, /a run in it is not what was written/);
});
