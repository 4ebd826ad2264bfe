/** A worker thread's start: writes small files into a place on this machine. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ToWriter, WriteSetup } from '../store/local/write/write-thread.ts';
import { Writing } from '../store/local/write/writing.ts';

const writing = new Writing(workerData as WriteSetup);

parentPort?.on('message', async (words: ToWriter) => {
  if (words === 'end') return parentPort?.close();
  parentPort?.postMessage(await writing.write(words));
});
