import { isSea } from 'node:sea';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** What a worker thread can run. The build bundles each into the one-file program under its name. */
export const entries = {
  lane: '../threads/lane.ts',
  pack: '../threads/pack.ts',
  unpack: '../threads/unpack.ts',
  write: '../threads/write.ts',
} as const;

/**
 * The start of a script of the one-file program, in its own thread or a worker, which loads others as they are wanted.
 * Given the whole of it, Node would compile it twice; and what V8 made of them at build time comes with them.
 */
export const start = (name: string) => `
  const { getAsset, getRawAsset } = require('node:sea');
  const { Script } = require('node:vm');
  const loaded = new Map();
  load('./${name}.js');
  function load(path) {
    if (!path.startsWith('./')) return require(path);
    const known = loaded.get(path);
    if (known) return known.exports;
    const module = { exports: {} };
    loaded.set(path, module);
    const filename = path.slice(2);
    const cachedData = Buffer.from(getRawAsset(filename + '.cache'));
    new Script(getAsset(filename, 'utf8'), { filename, cachedData }).runInThisContext()(load, module);
    return module.exports;
  }
`;

/** Starts a worker thread on one of the entries, which reads `data` as `workerData`. */
export function startWorker(name: keyof typeof entries, data: unknown): Worker {
  const options: WorkerOptions = { workerData: data, name };
  if (isSea()) return new Worker(start(name), { ...options, eval: true });
  return new Worker(new URL(entries[name], import.meta.url), options);
}
