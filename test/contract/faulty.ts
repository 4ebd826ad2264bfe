import assert from 'node:assert/strict';
import type { Body } from '../../src/store/body.ts';
import type { Store } from '../../src/store/store.ts';

type Call = 'list' | 'stat' | 'read' | 'write' | 'remove';

export type Fault = {
  readonly on: Call; // read: each time a Body is opened
  /** which call of its kind fails, from 1 */
  readonly call: number;
  /** how much is done before: entries listed, bytes read, 1 for an answer that is lost, 0 for a call that is */
  readonly after: number;
  readonly error: Error;
};

/** A real store that fails as planned; when it is disposed of, a fault that never fired is an error. */
export function faulty(store: Store, faults: readonly Fault[]): Store {
  const plan = planOf(faults);
  const { list, stat, read, write, remove } = store;
  return {
    ...store,
    listNow: () => undefined,
    list: (dir, signal) => until(list(dir, signal), () => 1, plan.next('list')),
    stat: (path, signal) => once(() => stat(path, signal), plan.next('stat')),
    read: (file) => breaking(read(file), plan),
    write: (path, body, how, signal) => once(() => write(path, body, how, signal), plan.next('write')),
    remove: (path, signal) => once(() => remove(path, signal), plan.next('remove')),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      assert.deepEqual(plan.left(), [], 'these faults were planned and never fired');
    },
  };
}

type Planned = Fault & { readonly fire: () => never };
type Plan = {
  readonly next: (on: Call) => Planned | undefined;
  readonly left: () => string[];
};

function planOf(faults: readonly Fault[]): Plan {
  const due = new Set(faults);
  const calls = new Map<Call, number>();
  const next = (on: Call) => {
    const call = (calls.get(on) ?? 0) + 1;
    calls.set(on, call);
    const fault = faults.find((one) => one.on === on && one.call === call);
    const fire = (): never => {
      due.delete(fault!);
      throw fault!.error;
    };
    return fault && { ...fault, fire };
  };
  return { next, left: () => [...due].map(({ on, call, after }) => `${on} ${call} after ${after}`) };
}

/** Without its origin: what is not read cannot break. */
function breaking({ origin: _, ...body }: Body, plan: Plan): Body {
  return {
    ...body,
    open: (range, signal) => until(body.open(range, signal), ({ length }) => length, plan.next('read')),
  };
}

async function once<T>(work: () => Promise<T>, fault: Planned | undefined): Promise<T> {
  if (fault?.after === 0) fault.fire();
  const answer = await work();
  fault?.fire();
  return answer;
}

async function* until<T>(items: AsyncIterable<T>, size: (item: T) => number, fault: Planned | undefined) {
  let done = 0;
  for await (const item of items) {
    if (fault && done + size(item) > fault.after) fault.fire();
    yield item;
    done += size(item);
  }
  fault?.fire();
}
