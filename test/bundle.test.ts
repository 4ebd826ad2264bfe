import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundle, type Piece } from '../scripts/bundle.ts';
import { exportsAsValues } from '../scripts/exports.ts';

/** What is loaded with the scripts whose names begin so. */
function loadedWith(pieces: readonly Piece[], ...beginnings: readonly string[]): string {
  const loaded = new Set(pieces.filter(({ name }) => beginnings.some((word) => name.startsWith(word))));
  for (const { code } of loaded) {
    const atOnce = code.replaceAll(/then\(\(\)=>\w+\(require\("[^"]*"\)/g, '');
    const wanted = [...atOnce.matchAll(/require\("\.\/([^"]*)"\)/g)].map(([, name]) => name);
    for (const piece of pieces.filter(({ name }) => wanted.includes(name))) loaded.add(piece);
  }
  return [...loaded].map(({ code }) => code).join('');
}

test('bundle() leaves what speaks to other places to those who go there', async () => {
  const pieces = await bundle('main.ts');
  const local = loadedWith(pieces, 'main', 'run-', 'transfer-');
  assert.match(local, /openJournal/);
  for (const word of [
    'openHost',
    'openS3Store',
    'defaultProvider',
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
});

test('exportsAsValues() gives values of what never changes, and looks again at what does', () => {
  const code = exportsAsValues(`var fixed = 1;
var counted = 1;
function next() {
  counted++;
  later = "now";
}
var later;
class Shape {
  counted = fixed;
}
export {
  Shape,
  counted,
  fixed as given,
  later,
  next
};
`);
  const module = { exports: {} as Record<string, unknown> };
  new Function('module', code)(module);
  const { exports } = module;
  const isGetter = (name: string) => Object.getOwnPropertyDescriptor(exports, name)!.get !== undefined;
  assert.deepEqual(Object.keys(exports).filter(isGetter), ['counted', 'later']);
  (exports.next as () => void)();
  assert.deepEqual([exports.counted, exports.given, exports.later], [2, 1, 'now']);
});
