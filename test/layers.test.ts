import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

// The arrows between the folders, read from the import lines. Format, types, default exports, enums and
// console are the linter's; this holds what it cannot see.

interface Source {
  readonly path: string;
  readonly text: string;
  /** Paths from the root of the repo for our own files, else names as written. */
  readonly imports: readonly string[];
}

const root = join(import.meta.dirname, '..');
const sources = globSync('src/**/*.ts', { cwd: root }).sort().map(read);

function read(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const names = [...text.matchAll(/(?:\bfrom|\bimport\(?)\s*'([^']+)'/g)].map((match) => match[1]!);
  return {
    path,
    text,
    imports: names.map((name) => (name.startsWith('.') ? join(dirname(path), name) : name)),
  };
}

/** Fails with each import of a file in `from` that `allowed` does not accept. */
function holds(name: string, from: RegExp, allowed: (imported: string, source: Source) => boolean): void {
  test(`layers: ${name}`, () => {
    const bad = sources
      .filter(({ path }) => from.test(path))
      .flatMap((source) =>
        source.imports.filter((to) => !allowed(to, source)).map((to) => `${source.path} imports ${to}`),
      );
    assert.deepEqual(bad, []);
  });
}

holds('plan is pure', /^src\/plan\//, (to) => /^src\/(plan\/|errors\.ts$)/.test(to));
holds(
  'work knows no domain',
  /^src\/work\//,
  (to) => /^src\/(work\/|errors\.ts$)/.test(to) || !to.startsWith('src/'),
);
holds('lower folders do not reach up', /^src\/(location|journal|report|profile|store)\//, (to) => {
  return !/^src\/(cli\/|engine\/|conduct\/|way\/|run\/|transfer\.ts$|main\.ts$)/.test(to);
});
holds('engines know no way and no run', /^src\/(engine|conduct|threads)\//, (to) => {
  return !/^src\/(cli|way|run)\//.test(to);
});
holds('a way knows no run', /^src\/way\//, (to) => !/^src\/(cli|run|threads)\//.test(to));
holds('whoever conducts knows no engine and no place', /^src\/conduct\//, (to) => {
  return !/^src\/(cli|engine|store|location|plan)\//.test(to);
});
holds('ssh knows no store and no engine', /^src\/ssh\//, (to) => {
  return /^src\/(ssh\/|work\/|location\/|errors\.ts$|report\/show\.ts$)/.test(to) || !to.startsWith('src/');
});
holds('siblings do not meet', /^src\/(store|engine)\/\w+\//, (to, { path }) => {
  const [, layer, own] = path.split('/');
  const [, toLayer, other, deeper] = to.split('/');
  return layer !== toLayer || deeper === undefined || own === other;
});

const homes = {
  'better-sqlite3': 'src/journal/',
  commander: 'src/cli/',
  zod: 'src/cli/',
  koffi: 'src/work/',
  ssh2: 'src/ssh/',
  '@aws-sdk': 'src/store/s3/',
  '@smithy': 'src/store/s3/',
};
for (const [library, home] of Object.entries(homes)) {
  holds(
    `${library} only in ${home}`,
    /./,
    (to, { path }) => to.split('/')[0] !== library || path.startsWith(home),
  );
}

test('layers: the environment and the exit code belong to the edge', () => {
  const edge = /^src\/(main\.ts|cli\/|report\/|work\/native\.ts)/;
  const bad = sources.filter(
    ({ path, text }) => !edge.test(path) && /\bprocess\.(env|exit|exitCode)\b/.test(text),
  );
  assert.deepEqual(
    bad.map(({ path }) => path),
    [],
  );
});

test('layers: no file is longer than 400 lines', () => {
  const long = sources.filter(({ text }) => text.split('\n').length > 400);
  assert.deepEqual(
    long.map(({ path }) => path),
    [],
  );
});
