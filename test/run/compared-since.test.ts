import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepAll, type TransferRequest } from '../../src/request.ts';
import { comparedSince } from '../../src/run/compared-since.ts';
import { byClockOf } from '../../src/way/destination.ts';

type Runs = Parameters<typeof comparedSince>[0];

const request = {
  rules: [],
  filesFrom: undefined,
  oneFileSystem: false,
  preserve: keepAll,
  strategy: 'auto',
} as unknown as TransferRequest;

function journalOf(
  ...runs: readonly (Partial<TransferRequest> & { id?: string; state?: string; startedMs?: number })[]
) {
  const rows = runs.map(({ id = 'before', state = 'done', startedMs = 5000, ...settings }) => {
    return { id, state, startedMs, settings: JSON.stringify({ ...request, ...settings }) };
  });
  return { runs: () => rows } as unknown as Runs;
}

const [never, always] = [0n, 1n];
const rules = [{ kind: 'exclude', pattern: 'x' }] as unknown as TransferRequest['rules'];
const bare = { ...keepAll, xattrs: false, acls: false };

const cases: readonly [string, Runs, bigint][] = [
  ['no run went before', journalOf(), never],
  ['one went through', journalOf({}), 3_000_000_000n],
  ['the last one was stopped', journalOf({ state: 'stopped', startedMs: 9000 }, {}), 3_000_000_000n],
  [
    'none went through yet, and the first was killed',
    journalOf({ state: 'stopped', startedMs: 9000 }, { state: 'partial' }),
    3_000_000_000n,
  ],
  ['it is the one that goes on', journalOf({ id: 'now', state: 'running' }), never],
  ['it saw to other entries', journalOf({ rules }), never],
  ['it carried none', journalOf({ strategy: 'parallel' }), never],
  ['it did not keep them', journalOf({ preserve: bare }), never],
  ['it began in the future', journalOf({ startedMs: Date.now() + 60_000 }), always],
];

for (const [when, journal, since] of cases)
  test(`attributes are compared since then: ${when}`, () => {
    assert.equal(comparedSince(journal, request, 'now'), since);
  });

test('who has contents compared has all of them compared', () => {
  assert.equal(comparedSince(journalOf({}), { ...request, checksum: true }, 'now'), always);
});

test('who keeps fewer kinds may believe a run that kept more', () => {
  const acls = { ...request, preserve: { ...keepAll, xattrs: false } };
  assert.equal(comparedSince(journalOf({}), acls, 'now'), 3_000_000_000n);
});

test('the change times of a host are read by its clock, and a little more is compared', () => {
  const shell = (aheadMs: number) => ({ clock: () => Date.now() + aheadMs }) as never;
  const since = 10n ** 18n;
  const margin = since - byClockOf({ shell: {} as never }, since);
  assert.equal(margin, 3_000_000_000n);
  const aheadMs = Number(byClockOf({ shell: shell(3_600_000) }, since) - since + margin) / 1e6;
  assert.ok(Math.abs(aheadMs - 3_600_000) < 1000);
  assert.equal(byClockOf({}, since), since);
  assert.equal(byClockOf({ shell: shell(0) }, always), always);
});
