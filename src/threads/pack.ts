/** A worker thread's start: walks and packs new trees of this disk. */
import { parentPort } from 'node:worker_threads';
import type { ToPacker } from '../engine/tar/pack/pack-thread.ts';
import { PackTurns } from '../engine/tar/pack/pack-turns.ts';

let turns: PackTurns | undefined;

parentPort?.on('message', (words: ToPacker) => {
  switch (words.say) {
    case 'setup':
      turns = new PackTurns(words.setup, (piece, transfer) => parentPort!.postMessage(piece, transfer));
      break;
    case 'end':
      turns?.stop();
      parentPort?.close();
      break;
    default:
      turns?.heard(words);
  }
});
