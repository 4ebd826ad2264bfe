/** A worker thread's start: walks and packs new trees of this disk. */
import { parentPort, workerData } from 'node:worker_threads';
import type { PackSetup, ToPacker } from './engine/tar/pack-thread.ts';
import { PackTurns } from './engine/tar/pack-turns.ts';

const turns = new PackTurns(workerData as PackSetup, (piece, transfer) =>
  parentPort!.postMessage(piece, transfer),
);

parentPort?.on('message', (words: ToPacker) => {
  if (words.say !== 'end') return turns.heard(words);
  turns.stop();
  parentPort?.close();
});
