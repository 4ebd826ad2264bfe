import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { judge } from '../judge.ts';
import { needs } from '../peer.ts';
import { startSshd } from '../ssh/sshd.ts';
import { push, transferFar } from './far.ts';
import { workspace } from './run.ts';

const skip = needs('sshd', 'rsync');
const sshd = skip ? undefined : await startSshd();
after(() => sshd?.[Symbol.asyncDispose]());

test('a batch that replaced something, or is the last one, has synced, and the host is not asked to again', {
  skip,
}, async () => {
  const here = workspace();
  const way = { source: join(here, 'from'), dest: join(here, 'to'), state: join(here, 'state') };
  fs.mkdirSync(join(way.source, 'deep'), { recursive: true });
  for (const name of ['one', 'deep/two', 'deep/three']) fs.writeFileSync(join(way.source, name), name);
  let syncs = 0;
  const move = async () => {
    syncs = 0;
    const ran = await transferFar(sshd!, push, way, {
      opened: (open) => async (place, end, how) => {
        const store = await open(place, end, how);
        const { sync } = store;
        if (!sync || end === 'source') return store;
        const counted: typeof sync = (signal) => {
          syncs++;
          return sync(signal);
        };
        return { ...store, sync: counted };
      },
    });
    assert.equal(ran.status, 0, ran.stderr);
    assert.equal(await judge(way.source, way.dest), '');
    return syncs;
  };
  assert.equal(await move(), 1, 'new trees are synced together');
  fs.writeFileSync(join(way.source, 'deep/two'), 'changed');
  assert.equal(await move(), 0, 'the script that replaced it synced');
  fs.writeFileSync(join(way.source, 'deep/four'), 'four');
  assert.equal(await move(), 0, 'nothing was replaced, and nothing else was under way');
  fs.writeFileSync(join(way.source, 'deep/five'), 'five');
  fs.writeFileSync(join(way.source, 'large'), Buffer.alloc(20 * 1024 * 1024));
  assert.ok((await move()) > 0, 'a large file follows');
});
