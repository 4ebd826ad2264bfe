/** What is refused to an ordinary user is said in the same words, whichever engine met it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { run, shell, workspace } from './run.ts';

const under = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const how = { under, env: { HOME: '/', NODE_COMPILE_CACHE: undefined } };

test('parallel and rsync say the same of what may not be read or written', {
  skip: needs('root', 'setpriv', 'rsync'),
}, async () => {
  const said = [];
  for (const strategy of ['parallel', 'rsync']) {
    const here = workspace();
    await shell(
      here,
      `mkdir -p source/kept dest/kept; echo a >source/whole; echo b >source/secret; echo c >source/kept/file
       chmod 600 source/secret; touch -d @1000000000 source/kept dest/kept; chown 65534 dest`,
    );
    const words = ['transfer', '--strategy', strategy, '--no-preserve', 'owner,times'];
    const places = [join(here, 'source'), join(here, 'dest')];
    const ran = await run(join(here, 'dest/state'), [...words, ...places], how);
    assert.equal(ran.status, 3, ran.stderr);
    said.push(ran.failed.map(({ path, message, hint }) => `${path}: ${message}; ${hint}`).sort());
  }
  const hint = 'check who owns it, or run as a user who may';
  assert.deepEqual(said[1], said[0]);
  assert.deepEqual(said[0], [
    `kept/file: cannot write it at the destination: permission denied; ${hint}`,
    `secret: cannot read it: permission denied; ${hint}`,
  ]);
});
