import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { failures } from '../survive/program.ts';
import { MiB } from '../trees.ts';
import { far } from './ground.ts';

// A batch of new trees tells of a directory as it comes to it: what is sent by then is whole, whatever becomes of it.

test('a directory that went away before all that is in it was sent is named', {
  skip: needs('sshd'),
}, async () => {
  await using here = await far();
  const top = join(here.source, 'top');
  const names = Array.from({ length: 40 }, (_, at) => `d${at}`);
  for (const name of names) {
    fs.mkdirSync(join(top, name), { recursive: true });
    fs.writeFileSync(join(top, name, 'file'), Buffer.alloc(900_000, name));
    fs.utimesSync(join(top, name), 1000, 1000);
  }
  const running = here.start(['transfer', '--bwlimit', '8M', here.source, here.url(here.dest)]);
  await running.next('progress', ({ bytes }) => Number(bytes) > 8 * MiB);
  for (const name of names) fs.renameSync(join(top, name), join(here.path, name));
  const ended = await running.ended;
  const failed = failures(ended);
  const there = fs.readdirSync(join(here.dest, 'top'));
  assert.ok(there.length > 5, `${there}`);
  const named = names.filter((name) => /^(missing|changed): /.test(failed.get(`top/${name}`) ?? ''));
  assert.ok(named.length > 5, `${named}`);
  for (const name of names.filter((one) => !named.includes(one))) {
    assert.ok(
      fs.readFileSync(join(here.dest, 'top', name, 'file')).equals(Buffer.alloc(900_000, name)),
      name,
    );
    assert.equal(fs.statSync(join(here.dest, 'top', name)).mtimeMs, 1_000_000, name);
  }
});
