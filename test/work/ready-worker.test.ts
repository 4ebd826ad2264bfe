import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { ReadyWorker } from '../../src/work/ready-worker.ts';

for (const name of ['pack', 'unpack'] as const) {
  test(`ReadyWorker: ${name} that nobody took ends by itself, as ending it would end the process`, async (t) => {
    const threads: Worker[] = [];
    const heard: string[] = [];
    const note = (thread: Worker) => {
      threads.push(thread);
      t.mock.method(thread, 'terminate', () => heard.push('terminate'));
      thread.once('exit', () => heard.push('exit'));
    };
    process.on('worker', note);
    const ready = new ReadyWorker(name);
    await new Promise(setImmediate);
    process.off('worker', note);
    assert.equal(threads.length, 1);
    await ready[Symbol.asyncDispose]();
    assert.deepEqual(heard, ['exit']);
  });
}
