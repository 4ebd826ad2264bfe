import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readReceived } from '../../../src/engine/tar/host/received.ts';
import { needs } from '../../peer.ts';
import { shell, workspace } from '../run.ts';
import { far, flavours, receiver, runFar, stage } from './far.ts';
import { placesStream } from './places.ts';

const make = `mkdir 'a b'; cd 'a b'; printf was >old; printf now >'-c x'; printf 1234 >later; printf 123 >again
  ln -s old link; touch -hd @7 -- *; touch -d @9 later; touch -d @0 again`;
const looks = { old: '3,7', '-c x': '3,8', later: '4,9', again: '9,9', link: '3,7', none: '1,1' };

for (const flavour of ['GNU', 'BSD', 'busybox'] as const)
  test(`receive: what looks as it did is replaced, and what a try before put there (${flavour})`, {
    skip: needs(flavours[flavour]),
  }, async () => {
    const dest = workspace();
    await shell(dest, make);
    const { tools, ...there } = await far(workspace(), flavour);
    const script = receiver(dest, tools);
    const files = Object.fromEntries(Object.keys(looks).map((name) => [name, 'new']));
    const stream = placesStream(stage, [
      { dir: 'a b', replaces: true, files, looks },
      { dir: '', replaces: false, files: { free: 'new' } },
    ]);
    const { status, stdout, stderr } = await runFar(there, script, stream);
    const left = readReceived({ code: status ?? undefined, stdout, complaint: stderr });
    const named = left.map(({ place, path, kind }) => `${place} ${Buffer.from(path)} ${kind}`);
    assert.deepEqual(named, ['0 -c x conflict']);
    const at = join(dest, 'a b');
    const found = fs.readdirSync(at).map((name) => `${name}: ${fs.readFileSync(join(at, name), 'latin1')}`);
    assert.deepEqual(found.sort(), [
      '-c x: now',
      ...['again: new', 'later: new', 'link: new', 'none: new', 'old: new'],
    ]);
    assert.deepEqual(fs.readdirSync(dest).sort(), ['a b', 'free']);
  });
