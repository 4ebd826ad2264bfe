import { getAsset, isSea } from 'node:sea';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** What a worker thread can run. The build bundles each into the one-file program under its name. */
export const entries = {
  lane: '../lane.ts',
} as const;

/** Starts a worker thread on one of the entries, which reads `data` as `workerData`. */
export function startWorker(name: keyof typeof entries, data: unknown): Worker {
  const options: WorkerOptions = { workerData: data, name };
  if (isSea()) return new Worker(getAsset(`${name}.js`, 'utf8'), { ...options, eval: true });
  return new Worker(new URL(entries[name], import.meta.url), options);
}
