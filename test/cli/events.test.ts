import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { eventFields } from '../../src/report/json.ts';
import { exampleOf, examples, membersOf, page } from '../report/documented.ts';
import { difpipe, directory, objects } from './difpipe.ts';
import { tree } from './trees.ts';

const here = directory();
const printed = new Map<string, Set<string>>();

/** Members that no run below prints, each with why. */
const elsewhere: Readonly<Record<string, RegExp>> = {
  analysis: /^route\.lines\./, // there is no host
  doctor: /^(remotes\.|tools\.verdicts\.)/, // as rclone is configured, and as the tools are
};

before(() => {
  const [from, to, list] = [join(here, 'from'), join(here, 'to'), join(here, 'list')];
  const said = (...words: string[]) => {
    for (const object of objects(difpipe([...words, '--json']).stdout)) {
      const members = printed.get(String(object.type)) ?? new Set();
      printed.set(String(object.type), members.union(membersOf(object)));
    }
  };
  tree(from, { a: 'a', 'd/b': 'bb', lost: '' });
  fs.writeFileSync(list, 'a\nd/b\nnowhere\n');
  said('analyze', from);
  said('transfer', '--exclude', '*.tmp', '--files-from', list, '--bwlimit', '1M', from, to);
  for (const _ of [1, 2]) said('transfer', from, to); // the second one knows what to expect
  said('analyze', from, to);
  said('ls', '-R', from);
  said('runs');
  said('split', from, '--parts', '2', '--out', join(here, 'lists'));
  said('doctor');
  said('runs', 'forget', objects(difpipe(['runs', '--json']).stdout)[0]!.id as string);
  said('transfer', join(here, 'nowhere'), to);
});

test('docs/events.md shows an object of each type that a verb prints, once', () => {
  const types = examples.map(({ type }) => String(type)).sort();
  const ofVerbs = 'analysis calibrated cleaned doctor error forgotten listed run split'.split(' ');
  assert.deepEqual(types, [...Object.keys(eventFields), ...ofVerbs].sort());
});

for (const type of 'analysis doctor error forgotten listed run split'.split(' ')) {
  test(`docs/events.md shows the members of ${type} that are printed, and no other`, () => {
    const shown = membersOf(exampleOf(type));
    const found = printed.get(type) ?? new Set<string>();
    const others = [...shown].filter((member) => !found.has(member) && !elsewhere[type]?.test(member));
    assert.deepEqual({ unsaid: [...found.difference(shown)], others }, { unsaid: [], others: [] });
  });
}

test('docs/events.md shows the members of a transfer that are printed', () => {
  for (const type of ['started', 'planned', 'failed', 'finished']) {
    const found = printed.get(type)!;
    assert.deepEqual([...found.difference(membersOf(exampleOf(type)))], [], type);
  }
});

test('docs/events.md names every member that it shows', () => {
  const names = examples.flatMap((example) => [...membersOf(example)].map((path) => path.split('.').at(-1)!));
  const prose = page.replaceAll(/```json\n.*\n```/g, '');
  const unnamed = new Set(names).difference(
    new Set([...prose.matchAll(/`(\w+)`/g)].map((match) => match[1]!)),
  );
  assert.deepEqual(
    [...unnamed].filter((name) => !asAsked.has(name)),
    [],
  );
});

/** Settings are shown as the flags name them, and may change. */
const asAsked = membersOfSettings();

function membersOfSettings(): Set<string> {
  const paths = [...membersOf(exampleOf('run').settings)];
  return new Set(paths.map((path) => path.split('.').at(-1)!));
}
