// Makes dist/difpipe, one executable that needs no Node, no node_modules and no network: the program and
// each worker entry become one script each, the native addons become assets, and Node writes them all into
// a copy of itself, with what V8 made of the scripts in transfers of its own. The file appears whole or not at all.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { build } from 'esbuild';
import { addons } from '../src/work/native.ts';
import { entries, start } from '../src/work/worker.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

fs.mkdirSync(dist, { recursive: true });
const made = fs.mkdtempSync(join(dist, '.build-'));
try {
  save('digest', digest(Object.values(addons)));
  for (const [name, path] of Object.entries(addons)) fs.copyFileSync(path, join(made, name));
  const scripts = Object.entries({ main: '../main.ts', ...entries });
  for (const [name, entry] of scripts) {
    const code = `(function (require) {${await bundle(join('work', entry))}})`;
    save(`${name}.js`, code);
    save(`${name}.cache`, new Script(code).createCachedData());
  }
  warm();
  const names = scripts.flatMap(([name]) => [`${name}.js`, `${name}.cache`]);
  seal(save('start.js', start('main')), ['digest', ...Object.keys(addons), ...names]);
  fs.renameSync(join(made, 'difpipe'), join(dist, 'difpipe'));
} finally {
  fs.rmSync(made, { recursive: true });
}

function save(name: string, content: string | Buffer): string {
  const path = join(made, name);
  fs.writeFileSync(path, content);
  return path;
}

/** Transfers of a tree that is new, and that is there already. */
function warm(): void {
  const [from, to] = [join(made, 'from'), join(made, 'to')];
  for (let at = 0; at < 60; at++) {
    const dir = join(from, `${at}`);
    fs.mkdirSync(dir, { recursive: true });
    for (let file = 0; file < 60; file++) fs.writeFileSync(join(dir, `${file}`), `${file}`);
  }
  fs.symlinkSync('0', join(from, 'link'));
  const home = join(made, 'home');
  const env = { PATH: process.env.PATH, HOME: home, DIFPIPE_STATE_DIR: join(home, 'state') };
  const words = [join(import.meta.dirname, 'warm.ts'), made, 'transfer', '--quiet', from, to];
  for (const _ of ['new', 'unchanged'])
    execFileSync(process.execPath, words, { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

function digest(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(fs.readFileSync(path));
  return hash.digest('hex').slice(0, 32);
}

/** CommonJS, because it loads what Node itself brings as late as the sources do: 13 ms less to start. */
async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'src', entry)],
    write: false,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node26',
    // Where a file is, is only asked when it runs from the sources.
    define: { 'import.meta.url': '""', 'import.meta.dirname': '""', __dirname: '""' },
    // ssh2 does without, here as where it is run from the sources: nothing was compiled when it was installed.
    external: ['cpu-features', '*/sshcrypto.node'],
    // The executable's own `require` knows only what Node brings; better-sqlite3 loads its addon with this one.
    banner: { js: "const __non_webpack_require__ = require('module').createRequire(process.execPath);" },
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  return late(outputFiles[0]!.text);
}

/** Has the parts of Node that take milliseconds to load loaded when first used: 15 ms less for a worker. */
function late(script: string): string {
  const define = 'const __late = (name) => new Proxy({}, { get: (_, key) => require(name)[key] });';
  const slow =
    /\b(import_\w+=(?:__toESM\()?)require\("(node:(?:crypto|zlib|child_process|fs\/promises|readline|tty|v8))"\)/g;
  return define + script.replace(slow, '$1__late("$2")');
}

function seal(main: string, names: readonly string[]): void {
  const config = {
    main,
    executable: slimNode(),
    output: join(made, 'difpipe'),
    disableExperimentalSEAWarning: true,
    execArgv: ['--disable-sigusr1'], // or anybody may open the debugger before we listen for the signal
    execArgvExtension: 'none',
    assets: Object.fromEntries(names.map((name) => [name, join(made, name)])),
  };
  const args = ['--build-sea', save('sea.json', JSON.stringify(config))];
  execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Node without its symbol table, a fifth smaller; as it is where there is no `strip`. */
function slimNode(): string {
  const slim = join(made, 'node');
  const { status } = spawnSync('strip', ['-o', slim, process.execPath]);
  return status === 0 ? slim : process.execPath;
}
