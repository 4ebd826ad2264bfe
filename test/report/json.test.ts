import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../src/report/events.ts';
import { jsonReporter } from '../../src/report/json.ts';
import { exampleOf, membersOf, page } from './documented.ts';
import { printed } from './printed.ts';
import { progress, samples } from './samples.ts';

function reported(events: readonly Event[], withProgress = true): Record<string, unknown>[] {
  const { printer, lines } = printed();
  const report = jsonReporter(printer, withProgress);
  for (const event of events) report(event);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

for (const event of Object.values(samples)) {
  test(`jsonReporter() writes ${event.type} with the members that docs/events.md shows`, () => {
    const [object] = reported([event]);
    const example = exampleOf(event.type);
    assert.equal(object!.schema, 1);
    const plain = ({ pathBase64: _, ...members }: Readonly<Record<string, unknown>>) =>
      [...membersOf(members)].sort();
    assert.deepEqual(plain(object!), plain(example));
  });
}

test('docs/events.md names every topic of a notice, every kind of failure and every action', () => {
  const words = `owner mode times xattr acl hardlink special sparse mount excluded directory clock delta missing denied full changed
    conflict refused corrupt unsupported transient io usage locked stopped copy update link make repair`;
  for (const word of words.split(/\s+/)) assert.match(page, new RegExp(`\`${word}\``));
});

test('jsonReporter() gives a path that is not UTF-8 escaped, and exactly in base64', () => {
  const [object] = reported([samples.entry]);
  assert.equal(object!.path, "$'caf\\351'");
  assert.deepEqual(Buffer.from(object!.pathBase64 as string, 'base64'), Buffer.from('caf\xe9', 'latin1'));
});

test('jsonReporter() gives any other path as it is, and nothing a terminal obeys', () => {
  const name = 'a\n\x1b[31m\u202e"\\\u0085';
  const { printer, lines } = printed();
  jsonReporter(printer, true)({ type: 'entry', action: 'copy', path: Buffer.from(name), bytes: 1 });
  assert.match(lines[0]!, /^[\x20-\x7e]+$/);
  const { path, pathBase64 } = JSON.parse(lines[0]!) as Record<string, unknown>;
  assert.deepEqual({ path, pathBase64 }, { path: name, pathBase64: undefined });
});

test('jsonReporter() writes progress at most once a second of the run, and not at all if told so', () => {
  const at = (elapsedMs: number): Event => ({ type: 'progress', progress: { ...progress, elapsedMs } });
  const events = [0, 250, 500, 999, 1000, 1500, 2100].map(at);
  assert.deepEqual(
    reported(events).map(({ elapsedMs }) => elapsedMs),
    [0, 1000, 2100],
  );
  assert.deepEqual(reported(events, false), []);
});
