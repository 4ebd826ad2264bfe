// Makes dist/difpipe, one executable that needs no Node, no node_modules and no network: the program and
// each worker entry become one script each, the native addons become assets, and Node writes them all into
// a copy of itself, with what V8 made of the scripts in transfers of its own. The file appears whole or not at all.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { addons } from '../src/work/native.ts';
import { entries, start } from '../src/work/worker.ts';
import { bundle } from './bundle.ts';
import { warmUp } from './warm-up.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

fs.mkdirSync(dist, { recursive: true });
const made = fs.mkdtempSync(join(dist, '.build-'));
try {
  save('digest', digest(Object.values(addons)));
  for (const [name, path] of Object.entries(addons)) fs.copyFileSync(path, join(made, name));
  const scripts = Object.values({ main: '../main.ts', ...entries }).map((entry) =>
    bundle(join('work', entry)),
  );
  const names = new Set<string>();
  for (const { name, code } of (await Promise.all(scripts)).flat()) {
    save(name, code);
    save(`${name}.cache`, new Script(code).createCachedData());
    names.add(name).add(`${name}.cache`);
  }
  await warmUp(made);
  seal(save('start', start('main')), ['digest', ...Object.keys(addons), ...names]);
  fs.renameSync(join(made, 'difpipe'), join(dist, 'difpipe'));
} finally {
  fs.rmSync(made, { recursive: true });
}

function save(name: string, content: string | Buffer): string {
  const path = join(made, name);
  fs.writeFileSync(path, content);
  return path;
}

function digest(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(fs.readFileSync(path));
  return hash.digest('hex').slice(0, 32);
}

function seal(main: string, names: readonly string[]): void {
  const config = {
    main,
    executable: slimNode(),
    output: join(made, 'difpipe'),
    disableExperimentalSEAWarning: true,
    execArgv: [
      '--disable-sigusr1', // or anybody may open the debugger before we listen for the signal
      '--min-semi-space-size=8', // MB: V8 would begin with so little that a small transfer looks for garbage four times
    ],
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
