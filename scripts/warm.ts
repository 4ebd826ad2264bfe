// Runs the scripts of the one-file program that is being made, so that what V8 makes of the functions that every
// transfer needs is kept: compiling them anew at each start takes longer than a small transfer. `warm.ts MADE WORD…`
// is the program with these words, of the scripts and addons in MADE, and a thread of it is that thread. What was
// compiled when it ends is MADE/NAME.cache, which the next one begins with.
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import * as v8 from 'node:v8';
import * as vm from 'node:vm';
import * as threads from 'node:worker_threads';
import { start } from '../src/work/worker.ts';

const made = process.argv[2]!;
const name = threads.isMainThread ? 'main' : threads.threadName!;
const load = createRequire(import.meta.url);
const bytesOf = (asset: string) => fs.readFileSync(join(made, asset));

const sea = {
  isSea: () => true,
  getRawAsset: bytesOf,
  getAsset: (asset: string) => bytesOf(asset).toString(),
};

/** One that keeps what was compiled, too. */
class Thread extends threads.Worker {
  constructor(_start: string, options: threads.WorkerOptions) {
    super(new URL(import.meta.url), { ...options, eval: false, argv: [made] });
  }
}

const ran = new Map<string, Script>();

/** One whose compiled functions are kept, too. */
class Script extends vm.Script {
  constructor(code: string, options: vm.ScriptOptions) {
    super(code, options);
    if (this.cachedDataRejected)
      throw new Error(`V8 does not take what it made of ${options.filename} itself`);
    ran.set(options.filename!, this);
  }
}

const parts: Record<string, unknown> = {
  'node:sea': sea,
  'node:v8': { ...v8, setFlagsFromString: () => undefined }, // V8 takes only what was compiled with the same flags
  'node:vm': { Script },
  'node:worker_threads': { ...threads, Worker: Thread },
};

process.on('exit', () => {
  for (const [name, script] of ran) keep(name, script.createCachedData());
});
process.argv.splice(1, 2, basename(process.argv[1]!));
new Function('require', start(name))((part: string) => parts[part] ?? load(part));

/** Several threads of one name may end at once. */
function keep(script: string, cache: Buffer): void {
  const partial = join(made, `${script}.cache.${threads.threadId}`);
  fs.writeFileSync(partial, cache);
  fs.renameSync(partial, join(made, `${script}.cache`));
}
