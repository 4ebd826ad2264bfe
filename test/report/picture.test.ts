import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { type Analysis, analysis } from '../../src/plan/analysis.ts';
import type { PlaceKind } from '../../src/plan/plan.ts';
import { emptyProfile, type Profile, sizeBounds, tallyFile } from '../../src/profile/profile.ts';
import { emptyTally, type Tally } from '../../src/report/events.ts';
import { type Look, renderAnalysis } from '../../src/report/picture.ts';

const names: Readonly<Record<number, string>> = { 0: 'root', 1000: 'alice', 33: 'www\x1b[31mdata' };

const plain: Look = {
  columns: 80,
  colour: false,
  unicode: false,
  source: '/data',
  dest: '/backup',
  ownerName: (uid) => names[uid],
};

function rich(): Profile {
  const profile = emptyProfile();
  tallyFile(profile, 0);
  for (const bound of sizeBounds) for (let i = 0; i < 100; i++) tallyFile(profile, bound + 1);
  Object.assign(profile, { directories: 1, depth: 3, symlinks: 1203, specials: 4, sparseFiles: 1 });
  Object.assign(profile, { linkedFiles: 300, linkGroups: 120, changed: 7 });
  profile.owners = { 0: 600, 1000: 250, 33: 149, 7: 1, 8: 1 };
  return profile;
}

function found(
  profile: Profile,
  dest: PlaceKind | undefined = 'local',
  source: PlaceKind = 'local',
): Analysis<Profile> {
  const route = { source, dest, roundTripMs: 0 } as const;
  return analysis(profile, route, { costs: { route: [], machine: [] }, strategy: 'auto', lanes: 'auto' });
}

function linesOf(profile: Profile, look: Partial<Look> = {}, dest?: PlaceKind): string[] {
  return renderAnalysis(found(profile, dest), { ...plain, ...look }).split('\n');
}

function lineWith(lines: readonly string[], start: string): string | undefined {
  return lines.find((line) => line.trimStart().startsWith(start))?.trim();
}

describe('renderAnalysis()', () => {
  test('has a row with a bar for each size from the smallest to the largest that occurs', () => {
    const profile = emptyProfile();
    for (let i = 0; i < 1200; i++) tallyFile(profile, 500);
    for (let i = 0; i < 3; i++) tallyFile(profile, 50_000);
    const lines = linesOf(profile, { columns: 60 });
    const rows = lines.slice(3, lines.indexOf('', 3));
    assert.deepEqual(rows, [
      '  file size       files                  bytes',
      `  up to 1 KB      1,200 ${'#'.repeat(13)}   600 KB ${'#'.repeat(13)}`,
      `  1 to 10 KB          0 ${' '.repeat(13)}      0 B`,
      `  10 to 100 KB        3 #${' '.repeat(12)}   150 KB ###`,
    ]);
  });

  test('has a label for every size that a profile counts', () => {
    const rows = linesOf(rich());
    const labels = ['empty', 'up to 1 KB', '1 to 10 KB', '10 to 100 KB', '100 KB to 1 MB', '1 to 10 MB'];
    for (const label of [...labels, '10 to 100 MB', '100 MB to 1 GB', '1 to 10 GB', 'over 10 GB']) {
      assert.match(lineWith(rows, label) ?? '', /#/, label);
    }
  });

  test('says what else is in the tree', () => {
    const lines = linesOf(rich());
    assert.equal(lines[1], '  901 files, 1.11 TB in 1 directory, up to 3 deep');
    assert.match(lineWith(lines, 'below 10 KB')!, /22 % of the files$/);
    assert.match(lineWith(lines, 'above 100 MB')!, /300 files with over 99 % of the bytes$/);
    assert.match(lineWith(lines, 'largest')!, /10\.0 GB$/);
    assert.match(lineWith(lines, 'symlinks')!, /1,203$/);
    assert.match(lineWith(lines, 'hard links')!, /300 names of 120 files$/);
    assert.match(lineWith(lines, 'sparse')!, /1 file$/);
    assert.match(lineWith(lines, 'special')!, /4 \(FIFOs, sockets, devices\)$/);
    assert.equal(lineWith(lines, 'changed'), undefined); // not told from what differs at the destination, where both are said
  });

  test('counts the names of hard links where the files behind them are not known', () => {
    const lines = linesOf({ ...rich(), linkGroups: 0 });
    assert.match(lineWith(lines, 'hard links')!, /300 names$/);
  });

  test('names the first owners, with nothing in a name that a terminal obeys', () => {
    assert.match(
      lineWith(linesOf(rich()), 'owners')!,
      /root 60 %, alice 25 %, www\\033\[31mdata 15 %, 2 more$/,
    );
  });

  test('leaves out what does not occur', () => {
    const lines = linesOf(emptyProfile());
    for (const name of ['file size', 'below', 'above', 'symlinks', 'hard', 'sparse', 'special', 'owners']) {
      assert.equal(lineWith(lines, name), undefined, name);
    }
    assert.equal(lines[1], '  0 files, 0 B');
  });

  test('shows every strategy with its time, what it rests on and the reason', () => {
    const lines = linesOf(rich(), { columns: 120 });
    assert.match(
      lineWith(lines, '> parallel')!,
      /^> parallel +[\d.]+ s +[\d.]+ s to [\dhm .]+s? +defaults +both ends are on this machine/,
    );
    assert.match(lineWith(lines, 'tar')!, /^tar +- +both ends are on this machine, where nothing has/);
    assert.match(
      lineWith(lines, 'proxy')!,
      /^proxy +- +it joins two remote places, and one end is this machine$/,
    );
    assert.match(lineWith(lines, 'rsync')!, /only by --strategy rsync; about/);
    assert.match(lineWith(lines, 'rclone')!, /^rclone +- +neither end is a place of rclone/);
  });

  test('says how far it is where that was measured', () => {
    const far = {
      ...found(rich(), 'ssh'),
      route: { source: 'local', dest: 'ssh', roundTripMs: 104 },
    } as const;
    assert.match(
      renderAnalysis(far, plain),
      /\n\n {2}an answer takes 104 ms to come\n(.+\n)*\n {2}strategy /,
    );
    assert.doesNotMatch(renderAnalysis(found(rich()), plain), /an answer/);
  });

  test('says what the line bears and what the host has where that was measured', () => {
    const line = { end: 'dest', bytesPerSecond: 17e6, connections: 4, severalBytesPerSecond: 66e6 } as const;
    const lines = [{ ...line, cpus: 8, tools: ['tar', 'zstd'] }];
    const far = {
      ...found(rich(), 'ssh'),
      route: { source: 'local', dest: 'ssh', roundTripMs: 104, lines, cpus: 2 },
    } as const;
    const text = renderAnalysis(far, { ...plain, columns: 200 });
    assert.match(
      text,
      /to the destination 17\.0 MB\/s on one connection, 66\.0 MB\/s on 4; 8 processors there, 2 here; it has tar, zstd$/m,
    );
  });

  test('ends with the recommendation and the command to run, quoted for a shell', () => {
    const lines = linesOf(rich(), { source: "/it's here", dest: 'host:/b c', columns: 200 });
    assert.match(
      lines.at(-3)!,
      /^Recommended: parallel, about [\d.]+ s: both ends are on this machine, where/,
    );
    assert.equal(lines.at(-1), "  difpipe transfer '/it'\\''s here' 'host:/b c'");
  });

  test('says what it takes the destination for where none was named', () => {
    const text = renderAnalysis(found(rich(), undefined), { ...plain, dest: undefined });
    assert.match(text, /without DEST: as if it went to another place on this machine/);
    assert.match(text, / {2}difpipe transfer \/data DEST$/);
  });

  test('has no command where no strategy can do it, and says why', () => {
    const text = renderAnalysis(found(rich(), 'http', 'cloud'), { ...plain, columns: 200 });
    assert.match(text, /\nNo strategy of this build can do it: .*\.$/);
    assert.doesNotMatch(text, /difpipe transfer/);
  });

  test('is the same picture with colour and without', () => {
    const coloured = renderAnalysis(found(rich()), { ...plain, colour: true });
    assert.ok(coloured.includes('\x1b['));
    assert.equal(stripVTControlCharacters(coloured), renderAnalysis(found(rich()), plain));
  });

  test('is ASCII for a terminal that shows nothing else', () => {
    assert.match(renderAnalysis(found(rich()), plain), /^[\n -~]*$/);
    const blocks = renderAnalysis(found(rich()), { ...plain, unicode: true });
    assert.ok(blocks.includes('\u2588') && blocks.includes('\u25b6'));
  });

  test('fits every width from 60 columns to 200', () => {
    for (const dest of ['local', 'ssh', 'cloud'] as const) {
      for (let columns = 60; columns <= 200; columns++) {
        const lines = linesOf(rich(), { columns, unicode: columns % 2 === 0 }, dest);
        const wide = lines.filter((line) => line.length > columns);
        assert.deepEqual(wide, [], `${columns} columns`);
      }
    }
  });

  test('keeps numbers and their units on one line, and bars short on a wide terminal', () => {
    for (let columns = 60; columns <= 200; columns++) {
      for (const line of linesOf(rich(), { columns }, 'ssh')) {
        assert.doesNotMatch(line, /^ *(%|[KMGT]?B\b)|#{41}/, `${columns} columns`);
      }
    }
  });

  test('shows the least of a bar for what is hardly there', () => {
    const profile = emptyProfile();
    for (let i = 0; i < 100_000; i++) tallyFile(profile, 500);
    tallyFile(profile, 5000);
    assert.match(lineWith(linesOf(profile), '1 to 10 KB')!, / 1 # /);
    assert.match(lineWith(linesOf(profile, { unicode: true }), '1 to 10 KB')!, / 1 \u258f /);
  });

  test('is drawn for 60 columns where there are fewer', () => {
    assert.deepEqual(linesOf(rich(), { columns: 20 }), linesOf(rich(), { columns: 60 }));
  });
});

test('renderAnalysis() shows the legs of a mixed plan, each with what it moves, how long, and why', () => {
  const route = { source: 'local', dest: 'ssh', roundTripMs: 100 } as const;
  const costs = { route: [], machine: [] };
  const mixed = analysis({ ...rich(), changed: undefined }, route, {
    costs,
    strategy: 'auto',
    lanes: 'auto',
  });
  const drawn = renderAnalysis(mixed, { ...plain, columns: 200 });
  assert.match(
    drawn,
    /^Recommended: a mixed plan, about \d+h \d+m, most likely .* to .*; the times rest on defaults\.$/m,
  );
  assert.match(
    drawn,
    /^ {2}tar {7}small entries \(1,709 entries, .*, about .*, most likely .*\): small entries/m,
  );
  assert.match(drawn, /^ {2}parallel {2}large files \(400 entries, .*, about .*\): files above 8 MB/m);
  assert.match(
    drawn,
    /^ {2}rsync {5}changed files: large files that changed in place: the line takes 67 MB\/s/m,
  );
});

test('renderAnalysis() tells new, changed and unchanged apart where both ends were looked at', () => {
  const tally = {
    ...emptyTally(),
    copied: 5,
    copiedBytes: 9000,
    updated: 2,
    updatedBytes: 8000,
    skipped: 70,
  };
  const route = { source: 'local', dest: 'ssh', roundTripMs: 0.25 } as const;
  const given = { costs: { route: [], machine: [] }, strategy: 'auto', lanes: 'auto' } as const;
  const drawn = (more: Partial<Tally>, failed: number) =>
    renderAnalysis(analysis(rich(), route, { ...given, tally: { ...tally, ...more }, failed }), plain);
  const some = drawn({}, 0);
  assert.match(
    some,
    /^ {2}new {13}3 files, 1\.00 KB\n {2}changed {9}2 files, 8\.00 KB\n {2}unchanged {7}70 entries, 0 B \(directories not counted\)/m,
  );
  assert.match(some, /an answer takes 0\.3 ms to come/);
  assert.doesNotMatch(some, /linked|could not/);
  const more = drawn({ deltas: 1, linked: 4, repaired: 1 }, 2);
  assert.match(more, /2 files, 8\.00 KB, 1 of them by what changed in it\n {2}to be linked {4}4 names/);
  assert.match(more, /\n {2}2 entries could not be looked at/);
});
