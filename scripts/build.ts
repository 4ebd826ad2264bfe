// Makes dist/difpipe, one executable that needs no Node, no node_modules and no network: the program and
// each worker entry become one script each, the native addons become assets, and Node writes them all into
// a copy of itself. The file appears whole or not at all.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { addons } from '../src/work/native.ts';
import { entries } from '../src/work/worker.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

fs.mkdirSync(dist, { recursive: true });
const made = fs.mkdtempSync(join(dist, '.build-'));
try {
  await bundle('main', 'main.ts');
  for (const [name, entry] of Object.entries(entries)) await bundle(name, join('work', entry));
  seal();
  fs.renameSync(join(made, 'difpipe'), join(dist, 'difpipe'));
} finally {
  fs.rmSync(made, { recursive: true });
}

/** CommonJS, because it loads what Node itself brings as late as the sources do: 13 ms less to start. */
async function bundle(name: string, entry: string): Promise<void> {
  await build({
    entryPoints: [join(root, 'src', entry)],
    outfile: join(made, `${name}.js`),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node26',
    // Where a file is, is only asked when it runs from the sources.
    define: { 'import.meta.url': '""', 'import.meta.dirname': '""' },
    // The executable's own `require` knows only what Node brings; better-sqlite3 loads its addon with this one.
    banner: { js: "const __non_webpack_require__ = require('module').createRequire(process.execPath);" },
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
}

function seal(): void {
  const config = {
    main: join(made, 'main.js'),
    executable: slimNode(),
    output: join(made, 'difpipe'),
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    execArgvExtension: 'none',
    assets: assets(),
  };
  fs.writeFileSync(join(made, 'sea.json'), JSON.stringify(config));
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  execFileSync(process.execPath, ['--build-sea', join(made, 'sea.json')], { stdio: [...stdio] });
}

function assets(): Record<string, string> {
  const workers = Object.keys(entries).map((name) => [`${name}.js`, join(made, `${name}.js`)]);
  const hash = createHash('sha256');
  for (const path of Object.values(addons)) hash.update(fs.readFileSync(path));
  fs.writeFileSync(join(made, 'digest'), hash.digest('hex').slice(0, 32));
  return { ...Object.fromEntries(workers), ...addons, digest: join(made, 'digest') };
}

/** Node without its symbol table, a fifth smaller; as it is where there is no `strip`. */
function slimNode(): string {
  const slim = join(made, 'node');
  const { status } = spawnSync('strip', ['-o', slim, process.execPath]);
  return status === 0 ? slim : process.execPath;
}
