import { Worker } from 'node:worker_threads';

const entries = {
  lane: '../lane.ts',
} as const;

/** Starts a worker thread on one of the program's worker entries; it reads `data` as `workerData`. */
export function startWorker(name: keyof typeof entries, data: unknown): Worker {
  return new Worker(new URL(entries[name], import.meta.url), { workerData: data });
}
