import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { errorOf } from '../far/ground.ts';
import { needs } from '../peer.ts';
import { ground, serving } from './ground.ts';

const sealed = Buffer.alloc(100, 7).toString('base64');

describe('places of rclone that cannot be used', { skip: needs('rclone') }, () => {
  test('without rclone one line says how to get it, and the exit code is 2', async () => {
    await using here = ground('rclone');
    const ended = await here.runTo(2, ['ls', 'disk:'], { env: { PATH: '/nowhere' } });
    assert.match(errorOf(ended).message, /only rclone reaches this place/);
    assert.match(errorOf(ended).hint, /apt install rclone/);
  });

  test('a remote that is not there is answered with the one that may have been meant', async () => {
    await using here = ground('rclone');
    const { message, hint } = errorOf(await here.runTo(2, ['ls', 'dsik:']));
    assert.deepEqual([message, hint], ['rclone has no remote called dsik', 'did you mean disk:?']);
  });

  test('a remote that stands on one that is not there is not taken for that one', async () => {
    await using here = ground('rclone');
    fs.appendFileSync(here.config, '\n[above]\ntype = alias\nremote = below:x\n');
    const { message, hint } = errorOf(await here.runTo(2, ['ls', 'above:']));
    assert.equal(message, 'the remote above stands on one that rclone does not have');
    assert.match(hint, /rclone config/);
  });

  test('a configuration that is encrypted asks for its password, and is read with it', async () => {
    await using here = ground('rclone');
    fs.writeFileSync(here.config, `# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\n${sealed}\n`);
    const { message, hint } = errorOf(await here.runTo(2, ['ls', 'disk:']));
    assert.match(message, /rclone did not start/);
    assert.match(hint, /give the password in RCLONE_CONFIG_PASS/);
    const wrong = await here.runTo(2, ['ls', 'disk:'], { env: { RCLONE_CONFIG_PASS: 'guessed' } });
    assert.match(errorOf(wrong).hint, /the password in RCLONE_CONFIG_PASS is not that/);
    assert.deepEqual(serving(here), []);
  });

  test('a bucket without credentials says where they may be', async () => {
    await using here = ground('rclone');
    const { message, hint } = errorOf(await here.runTo(2, ['ls', 'az://container/x']));
    assert.match(message, /^cannot reach az:..container.x: /);
    assert.match(hint, /credentials may also be in the environment/);
  });

  test('doctor lists the remotes by name and type, and nothing else of them', async () => {
    await using here = ground('rclone');
    const { said, stderr } = await here.run(['doctor']);
    const remotes = said.find(({ type }) => type === 'doctor')!.remotes;
    assert.deepEqual(remotes, [
      { name: 'disk', type: 'alias' },
      { name: 'secret', type: 'crypt' },
    ]);
    assert.equal(stderr, '');
  });

  test('a source that is not there is said so', async () => {
    await using here = ground('rclone');
    assert.match(
      errorOf(await here.runTo(2, ['transfer', 'disk:none', here.back])).message,
      /there is no disk:none/,
    );
  });

  test('settings of rclone in the environment hide and change nothing', async () => {
    await using here = ground('rclone');
    for (const name of ['kept', 'hidden']) fs.writeFileSync(join(here.source, name), name);
    const env = { RCLONE_EXCLUDE: 'hidden', RCLONE_DRY_RUN: 'true', RCLONE_RC_NO_AUTH: 'true' };
    await here.runTo(0, ['transfer', here.source, 'disk:'], { env });
    assert.deepEqual(fs.readdirSync(here.disk).sort(), ['hidden', 'kept']);
  });
});
