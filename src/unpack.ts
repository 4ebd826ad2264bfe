/** A worker thread's start: unpacks new trees from another machine onto this disk. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ToUnpacker, UnpackSetup } from './engine/tar/unpack-words.ts';
import { Unpacker } from './engine/tar/unpacker.ts';

const unpacker = new Unpacker(workerData as UnpackSetup, (words) => parentPort!.postMessage(words));

parentPort?.on('message', (words: ToUnpacker) => {
  if (words.say === 'end') return parentPort?.close();
  unpacker.heard(words);
});
