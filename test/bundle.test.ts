import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundle, type Piece } from '../scripts/bundle.ts';
import { exportsAsValues } from '../scripts/exports.ts';

/** What is loaded with the scripts whose names begin so. */
function loadedWith(pieces: readonly Piece[], ...beginnings: readonly string[]): string {
  const loaded = new Set(pieces.filter(({ name }) => beginnings.some((word) => name.startsWith(word))));
  for (const { code } of loaded) {
    const wanted = neededAtOnce(code);
    for (const piece of pieces.filter(({ name }) => wanted.includes(name))) loaded.add(piece);
  }
  return [...loaded].map(({ code }) => code).join('');
}

/** Names of the scripts without which it cannot begin. */
function neededAtOnce(code: string): string[] {
  const atOnce = code.replaceAll(/then\(\(\)=>\w+\(require\("[^"]*"\)/g, '');
  return [...atOnce.matchAll(/require\("\.\/([^"]*)"\)/g)].map(([, name]) => name!);
}

test('bundle() leaves what speaks to other places to those who go there', async () => {
  const pieces = await bundle('main.ts');
  const local = loadedWith(pieces, 'main', 'run-', 'transfer-');
  assert.match(local, /openJournal/);
  for (const word of [
    'openHost',
    'openS3Store',
    'createLender',
    'openOver',
    'createPushTrees',
    'openRsync',
  ]) {
    assert.ok(
      pieces.some(({ code }) => code.includes(`function ${word}`) || code.includes(`${word}=`)),
      word,
    );
    assert.doesNotMatch(local, new RegExp(`function ${word}\\b|${word}=`));
  }
  const buckets = loadedWith(pieces, 'main', 'run-', 'transfer-', 's3-store-');
  assert.match(buckets, /openS3Store/);
  assert.doesNotMatch(buckets, /function createLender/);
});

test('bundle() has scripts give values to each other, none of which needs one that needs it', async () => {
  const left = new Map((await bundle('main.ts')).map(({ name, code }) => [name, code]));
  const given = new Set([...left.values()].flatMap(neededAtOnce));
  assert.ok(given.size > 50, `${given.size} scripts`);
  for (const name of given) assert.match(left.get(name)!, /module\.exports=\{__esModule:!0,/, name);
  for (let size = 0; size !== left.size; ) {
    size = left.size;
    for (const [name, code] of left)
      if (!neededAtOnce(code).some((need) => left.has(need))) left.delete(name);
  }
  assert.deepEqual([...left.keys()], []);
});

test('exportsAsValues() gives values of what never changes, and looks again at what does', () => {
  const code = exportsAsValues(`var fixed = 1;
var counted = 1;
var [one, two] = [1, 1];
var first = 1;
var second = 1;
var third = 1;
function next() {
  counted++;
  later = "now";
  [first, second] = [2, 2];
  for (third of [1, 2]) ;
}
var later;
class Shape {
  counted = fixed;
}
export {
  Shape,
  counted,
  first,
  fixed as given,
  later,
  next,
  second,
  third,
  two
};
`);
  const module = { exports: {} as Record<string, unknown> };
  new Function('module', code)(module);
  const { exports } = module;
  const isGetter = (name: string) => Object.getOwnPropertyDescriptor(exports, name)!.get !== undefined;
  assert.deepEqual(Object.keys(exports).filter(isGetter), [
    'counted',
    'first',
    'later',
    'second',
    'third',
    'two',
  ]);
  (exports.next as () => void)();
  const { counted, given, first, later, second, third } = exports;
  assert.deepEqual([counted, given, first, later, second, third], [2, 1, 2, 'now', 2, 2]);
});
