// Its kernel lets nobody but root move a directory that may not be written to.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readReceived } from '../../../src/engine/tar/host/received.ts';
import { listing } from '../../judge.ts';
import { needs } from '../../peer.ts';
import { shell, workspace } from '../run.ts';
import { treeStream } from './batch.ts';
import { far, flavours, receiver, runFar, stage } from './far.ts';

const user = 65534;

for (const flavour of ['GNU', 'BSD'] as const)
  test(`receive: new directories that may not be written to arrive for a user who is not root (${flavour})`, {
    skip: needs('root', flavours[flavour]),
  }, async () => {
    const here = workspace();
    const [source, dest] = [join(here, 'from'), join(here, 'to')];
    for (const path of [source, dest]) fs.mkdirSync(path);
    await shell(
      source,
      `mkdir -p -- 'r o/in' -x taken "quo'te"; for at in 'r o/in' 'r o' -x taken "quo'te"; do echo 1 >"$at/1"; done
       chmod 555 'r o/in' 'r o' taken "quo'te"; chmod 2500 ./-x
       find . -depth -exec touch -d 2001-02-03 {} +; chown -R ${user}:${user} .`,
    );
    fs.mkdirSync(join(dest, 'taken'));
    fs.chownSync(dest, user, user);
    const { tools, ...there } = await far(here, flavour, user);
    const { status, stdout, stderr } = await runFar(there, receiver(dest, tools), [
      ...treeStream(source, stage, tools),
    ]);
    const failed = readReceived({ code: status ?? undefined, stdout, complaint: stderr });
    assert.deepEqual(
      failed.map(({ path }) => `${Buffer.from(path)}`),
      ['taken'],
      stderr,
    );
    const seen = async (root: string) =>
      (await listing(root, '%y %m %U %G %s %Ts')).filter((line) => !/^(\.\/taken|\. )/.test(line));
    assert.deepEqual(await seen(dest), await seen(source));
    assert.deepEqual(fs.readdirSync(join(dest, 'taken')), []);
  });
