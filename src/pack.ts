/** A worker thread's start: walks and packs new trees of this disk, one bundle at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { packBundle } from './engine/tar/pack-bundle.ts';
import type { PackOrder, PackSetup } from './engine/tar/pack-thread.ts';

const setup = workerData as PackSetup;

parentPort?.on('message', (order: PackOrder | 'end') => {
  if (order === 'end') return parentPort?.close();
  packBundle(setup, order, (piece, transfer) => parentPort!.postMessage(piece, transfer));
});
