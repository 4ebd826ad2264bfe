// New trees from another place, with what the other side says changed on its way here.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FarWork } from '../../../src/engine/tar/trees/unpack-words.ts';
import { judge } from '../../judge.ts';
import { needs } from '../../peer.ts';
import { shell } from '../run.ts';
import { all, type Change, fetch, ground, rest, two } from './fetched.ts';
import { member } from './forge.ts';

const skip = needs('rsync');

function strays(dest: string): readonly string[] {
  return fs
    .readdirSync(dest, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes('.difpipe-'));
}

test('unpackTrees() puts new trees in their place, with their metadata', { skip }, async () => {
  const at = await ground();
  const out = await fetch(at);
  assert.deepEqual(rest(out), []);
  assert.equal(await judge(at.source, at.dest), '');
  const { copied, made } = out.tally;
  assert.deepEqual([copied, made, out.profile.directories, out.profile.files], [10, 7, 5, 10]);
  assert.equal(out.done.length, 17);
});

test('unpackTrees() takes all of a place at once, over a long line', { skip }, async () => {
  const at = await ground();
  await shell(at.source, 'echo top >top; chmod 2751 .; touch -d 2001-02-03 .; touch -d 2002-02-03 z');
  const works: FarWork[] = [];
  const change: Change = (work, told) => {
    works.push(work);
    return told;
  };
  const out = await fetch(at, change, { isFar: true });
  assert.deepEqual(rest(out), []);
  assert.equal(await judge(at.source, at.dest), '');
  const { copied, made } = out.tally;
  assert.deepEqual([copied, made, out.profile.directories, out.profile.files], [11, 7, 6, 11]);
  assert.deepEqual(works, ['list all', 'pack with times']);
});

test('unpackTrees() leaves the trees that it has not begun when it has taken enough of all', {
  skip,
}, async () => {
  for (const entries of [1, 4, 8]) {
    const at = await ground();
    await shell(at.source, 'echo top >top; find . -depth -exec touch -h -d 2001-02-03 {} +');
    let copied = 0;
    const works = new Set<FarWork>();
    const change: Change = (work, told) => {
      works.add(work);
      return told;
    };
    for (const todo = [all]; todo.length > 0; ) {
      const out = await fetch(at, change, { isFar: true, entries }, todo.pop());
      copied += out.tally.copied;
      assert.ok(out.rest.every(({ fresh }) => fresh?.every((one) => one === 1)));
      todo.push(...out.rest);
    }
    assert.equal(copied, 11);
    assert.equal(await judge(at.source, at.dest), '');
    assert.ok(works.has('list'));
  }
});

test('unpackTrees() looks at all again that was not listed well', { skip }, async () => {
  const at = await ground();
  const out = await fetch(at, (work, told) => (work === 'list all' ? { ...told, code: 1 } : told), {
    isFar: true,
  });
  assert.deepEqual(rest(out), ['trees : ']);
});

test('unpackTrees() keeps the times of directories that are filled by several batches', {
  skip,
}, async () => {
  const at = await ground();
  for (let n = 0; n < 300; n++) {
    const dir = join(at.source, `a/b/d${n}/e`);
    fs.mkdirSync(dir, { recursive: true });
    for (let file = 0; file < 20; file++) fs.writeFileSync(join(dir, `${file}`), '');
  }
  await shell(at.source, 'find . -type d -exec touch -d 2001-02-03 {} +');
  assert.deepEqual(rest(await fetch(at)), []);
  assert.equal(await judge(join(at.source, 'a'), join(at.dest, 'a')), '');
});

/** Files of another time than now, with nanoseconds, some by another owner, one with an attribute. */
async function grownOld() {
  const at = await ground();
  await shell(
    at.source,
    `head -c 900 /dev/zero >a/b/c/zeros; : >'a/empty of old'; chown 7:8 a/1; chmod 4711 a/1; chmod 606 a/2
     setfattr -n user.note -v old a/b/2 2>/dev/null || :
     find . -depth -exec touch -h -d '2001-02-03 04:05:06.123456789' {} +`,
  );
  return at;
}

test('unpackTrees() keeps the nanoseconds that find tells of what is not young', { skip }, async () => {
  const at = await grownOld();
  const works = new Set<FarWork>();
  const out = await fetch(at, (work, told) => {
    works.add(work);
    return told;
  });
  assert.deepEqual(rest(out), []);
  assert.equal(await judge(at.source, at.dest), '');
  assert.deepEqual([...works].toSorted(), ['list', 'pack']);
});

test('unpackTrees() has one find list all that nothing is left out of, over a short line too', {
  skip,
}, async () => {
  const at = await grownOld();
  const works: FarWork[] = [];
  const out = await fetch(
    at,
    (work, told) => {
      works.push(work);
      return told;
    },
    { rules: [] },
  );
  assert.deepEqual(rest(out), []);
  assert.equal(await judge(at.source, at.dest), '');
  assert.deepEqual(works, ['list all', 'pack']);
});

test('unpackTrees() lets tar tell the times where find does not say what time it is there', {
  skip,
}, async () => {
  const at = await grownOld();
  const out = await fetch(at, (work, told) =>
    work === 'list' ? { ...told, bytes: told.bytes.subarray(told.bytes.indexOf('0 d')) } : told,
  );
  assert.deepEqual(rest(out), []);
  assert.equal(await judge(at.source, at.dest), '');
});

test('unpackTrees() puts files beside what somebody put into a new directory meanwhile', {
  skip,
}, async () => {
  const at = await grownOld();
  const out = await fetch(at, (work, told) => {
    if (work !== 'list') fs.writeFileSync(join(at.dest, 'z/1'), 'theirs');
    if (work !== 'list') fs.writeFileSync(join(at.dest, 'a/b/c/other'), 'theirs');
    return told;
  });
  assert.deepEqual(rest(out), ['entries z: 1']);
  assert.equal(fs.readFileSync(join(at.dest, 'z/1'), 'utf8'), 'theirs');
  assert.equal(fs.readFileSync(join(at.dest, 'z/2'), 'utf8'), '2\n');
  assert.deepEqual(fs.readdirSync(join(at.dest, 'a/b/c')).toSorted(), ['nothing', 'other', 'zeros']);
  assert.deepEqual(strays(at.dest), []);
});

test('unpackTrees() takes no file that changed since it was listed', { skip }, async () => {
  const at = await grownOld();
  const out = await fetch(at, (work, told) => {
    if (work === 'list') fs.writeFileSync(join(at.source, 'z/1'), 'longer than before');
    if (work === 'list') fs.writeFileSync(join(at.source, 'z/2'), '3\n');
    return told;
  });
  assert.deepEqual(rest(out), ['entries z: 1 2']);
  assert.deepEqual(fs.readdirSync(join(at.dest, 'z')).toSorted(), ['3', 'pipe']);
});

test('unpackTrees() leaves what is not simple for others', { skip }, async () => {
  const at = await ground();
  await shell(
    at.source,
    'head -c 1001 /dev/zero >a/large; echo >a/b/.difpipe-test-x; touch -d 1960-01-01 z/old',
  );
  const out = await fetch(at, undefined, { rules: [{ action: 'exclude', pattern: 'c/' }] });
  assert.deepEqual(rest(out), ['entries a/b: .difpipe-test-x', 'entries a: large', 'entries z: old']);
  assert.equal(out.notices.excluded, 1);
  assert.equal(fs.existsSync(join(at.dest, 'a/b/c')), false);
  assert.deepEqual(strays(at.dest), []);
});

test('unpackTrees() puts nothing of a batch in its place whose tar complained', { skip }, async () => {
  const at = await ground();
  const out = await fetch(at, (work, told) => (work === 'list' ? told : { ...told, code: 1 }));
  assert.equal(out.tally.copied, 0);
  assert.ok(rest(out).includes('entries a: 1 2 3'), rest(out).join('; '));
  assert.deepEqual(strays(at.dest), []);
});

test('unpackTrees() looks at directories again that were not listed well', { skip }, async () => {
  const at = await ground();
  const cut: Change = (work, { bytes, code }) =>
    work === 'list' && bytes.includes('./a/b\0')
      ? { bytes: bytes.subarray(0, bytes.length / 2), code: 1 }
      : { bytes, code };
  const out = await fetch(at, cut);
  assert.ok(
    rest(out).some((line) => /^trees a: b/.test(line)),
    rest(out).join('; '),
  );
});

test('unpackTrees() leaves a directory alone that somebody made meanwhile', { skip }, async () => {
  const at = await ground();
  fs.mkdirSync(join(at.dest, 'z'));
  fs.writeFileSync(join(at.dest, 'z/1'), 'theirs');
  const out = await fetch(at);
  assert.deepEqual(rest(out), ['trees : z']);
  assert.equal(fs.readFileSync(join(at.dest, 'z/1'), 'utf8'), 'theirs');
});

const named = (depth: number, type: string, start: string, name: string) =>
  Buffer.from(`${depth} ${type} 755 3 1000000000.0 0 0 1 1:1 ${start}\0${name}\0`);

for (const [what, lines] of Object.entries({
  'a name that leads out': [
    named(0, 'd', './a', ''),
    named(1, 'f', './a', '../../evil'),
    named(1, 'd', './a', '..'),
  ],
  'a directory that nobody asked for': [named(0, 'd', './../evil', ''), named(1, 'f', './../evil', 'x')],
  'entries before any directory': [named(1, 'f', './a', 'x')],
  'a directory that is a symlink': [named(0, 'l', './a', ''), named(1, 'f', './a', 'x')],
}))
  test(`unpackTrees() is not led astray by ${what}`, { skip }, async () => {
    const at = await ground();
    const out = await fetch(at, (work, told) =>
      work === 'list' ? { ...told, bytes: Buffer.concat(lines) } : told,
    );
    assert.equal(out.tally.copied, 0);
    assert.deepEqual(fs.readdirSync(at.here).sort(), ['from', 'to']);
    assert.ok(rest(out).some((line) => line.startsWith('trees :') && line.includes('z')));
  });

for (const [what, stream] of Object.entries({
  'a member that nobody asked for': member({ path: './a/other', content: 'x' }),
  'a member that leads out': member({ path: './a/../../evil', content: 'x' }),
  'a member out of its turn': Buffer.concat([
    member({ path: './a/', flag: '5' }),
    member({ path: './a/2', content: '2\n' }),
  ]),
  'a member that came twice': Buffer.concat([
    member({ path: './a/', flag: '5' }),
    member({ path: './a/', flag: '5' }),
  ]),
  'a symlink for a file': member({ path: './a/1', flag: '2', target: '/etc/passwd' }),
  'a stream that ends early': member({ path: './a/1', content: '1\n' }),
}))
  test(`unpackTrees() takes nothing of a batch with ${what}`, { skip }, async () => {
    const at = await ground();
    const out = await fetch(at, (work, told) => (work === 'list' ? told : { ...told, bytes: stream }));
    assert.equal(out.tally.copied, 0);
    assert.deepEqual(fs.readdirSync(at.here).sort(), ['from', 'to']);
    assert.deepEqual(strays(at.dest), []);
    assert.ok(rest(out).includes('entries a: 1 2 3'));
  });

test('unpackTrees() leaves a tree that may not be listed, also where it begins there, and makes none of it', {
  skip,
}, async () => {
  for (const isFar of [true, false]) {
    const at = await ground();
    const closed = ({ bytes, code }: { bytes: Buffer; code: number }) => {
      const text = bytes.toString('latin1').replace(/0 d( [^\0]* \.\/a\0)/, '0 u$1');
      return { bytes: Buffer.from(text.replace(/[1-9] \w [^\0]* \.\/a\0[^\0]*\0/g, ''), 'latin1'), code };
    };
    const change: Change = (work, told) => (work.startsWith('list') ? closed(told) : told);
    const out = await fetch(at, change, { isFar }, two);
    assert.deepEqual(rest(out), ['trees : a']);
    assert.deepEqual([out.tally.made, fs.readdirSync(at.dest)], [2, ['z']]);
  }
});
