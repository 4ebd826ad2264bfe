import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedDirectories } from '../../src/engine/stores/directory/shared-directories.ts';
import { below, itself } from '../../src/store/path.ts';

const dir = below(itself, Buffer.from('dir'))!;
const turn = () => new Promise(setImmediate);

/** Who comes, is dressed and leaves, in the order in which it happens. */
function ground() {
  const told: string[] = [];
  const dressed = Promise.withResolvers<void>();
  const directories = new SharedDirectories(() => {
    told.push('dressing');
    return dressed.promise;
  });
  const comes = (name: string, touches: boolean) => {
    const done = Promise.withResolvers<void>();
    const left = directories.within(dir, async (touch) => {
      told.push(name);
      if (touches) touch();
      await done.promise;
    });
    const leaves = async () => {
      done.resolve();
      await turn();
    };
    return { leaves, left: left.then(() => void told.push(`${name} left`)) };
  };
  return { told, comes, dressed };
}

test('a directory that several make something in is dressed once, when the last of them leaves', async () => {
  const { told, comes, dressed } = ground();
  const [one, other] = [comes('one', true), comes('other', false)];
  await one.leaves();
  assert.deepEqual(told, ['one', 'other', 'one left']);
  await other.leaves();
  assert.deepEqual(told.slice(3), ['dressing']);
  dressed.resolve();
  await other.left;
});

test('and keeps out who comes while it is dressed', async () => {
  const { told, comes, dressed } = ground();
  const one = comes('one', true);
  await one.leaves();
  const late = comes('late', false);
  await turn();
  assert.deepEqual(told, ['one', 'dressing']);
  dressed.resolve();
  await one.left;
  await late.leaves();
  await late.left;
  assert.deepEqual(told, ['one', 'dressing', 'one left', 'late', 'late left']);
});
