import { isSea } from 'node:sea';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** What a worker thread can run. The build bundles each into the one-file program under its name. */
export const entries = {
  lane: '../lane.ts',
  pack: '../pack.ts',
  unpack: '../unpack.ts',
  write: '../write.ts',
} as const;

/**
 * The start of a script of the one-file program, in its own thread or a worker. Given the whole of it, Node would compile
 * it twice; and what V8 made of it at build time comes with it.
 */
export const start = (name: string) => `
  const { getAsset, getRawAsset } = require('node:sea');
  const { Script } = require('node:vm');
  const cachedData = Buffer.from(getRawAsset('${name}.cache'));
  new Script(getAsset('${name}.js', 'utf8'), { filename: '${name}.js', cachedData }).runInThisContext()(require);
`;

/** Starts a worker thread on one of the entries, which reads `data` as `workerData`. */
export function startWorker(name: keyof typeof entries, data: unknown): Worker {
  const options: WorkerOptions = { workerData: data, name };
  if (isSea()) return new Worker(start(name), { ...options, eval: true });
  return new Worker(new URL(entries[name], import.meta.url), options);
}
