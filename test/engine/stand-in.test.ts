import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import type { Job, Outcome } from '../../src/conduct/jobs.ts';
import { StandIn } from '../../src/engine/parallel/stand-in.ts';

test('StandIn: what threads said while it worked is heard before its own end', async () => {
  const { port1: thread, port2: here } = new MessageChannel();
  const heard: string[] = [];
  const ended = Promise.withResolvers<void>();
  const lane = { perform, [Symbol.dispose]: () => undefined };
  const standIn = new StandIn(lane, { ended: end, shared: fail, ready: fail, broken: ended.reject });
  here.on('message', (words: string) => heard.push(words));
  standIn.give(job);
  await ended.promise;
  here.close();
  await once(here, 'close');
  assert.deepEqual(heard, ['a thread has ended', 'so has this one']);
  assert.equal(standIn.isBusy, false);

  function perform(): Outcome {
    thread.postMessage('a thread has ended');
    return {} as Outcome; // nobody reads it
  }

  function end(): void {
    heard.push('so has this one');
    ended.resolve();
  }
});

const job: Job = { kind: 'links', id: 1, groups: [], led: false };

function fail(): void {
  assert.fail('nothing is shared, and nobody starts');
}
