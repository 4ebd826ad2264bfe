/** A worker thread's start: unpacks new trees from another machine onto this disk. */
import { parentPort } from 'node:worker_threads';
import type { ToUnpacker } from '../engine/tar/trees/unpack-words.ts';
import { Unpacker } from '../engine/tar/trees/unpacker.ts';

let unpacker: Unpacker | undefined;

parentPort?.on('message', (words: ToUnpacker) => {
  switch (words.say) {
    case 'setup':
      unpacker = new Unpacker(words.setup, (said) => parentPort!.postMessage(said));
      break;
    case 'end':
      parentPort?.close();
      break;
    default:
      unpacker?.heard(words);
  }
});
