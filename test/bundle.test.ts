import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundle, type Piece } from '../scripts/bundle.ts';

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
  for (const word of ['openHost', 'openS3Store', 'defaultProvider']) {
    assert.ok(
      pieces.some(({ code }) => code.includes(`function ${word}`) || code.includes(`${word}=`)),
      word,
    );
    assert.doesNotMatch(local, new RegExp(`function ${word}\\b|${word}=`));
  }
});
