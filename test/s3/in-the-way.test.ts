import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { assertStatus } from '../survive/program.ts';
import { bucket, s3Ground } from './ground.ts';

// A service whose objects are files of a disk, where a name is of one thing only.

describe('what a service cannot hold beside what is there is said', { skip: needs('versitygw') }, () => {
  test('of a place below an object', async () => {
    await using here = await s3Ground();
    const file = join(here.source, 'f');
    fs.writeFileSync(file, 'f');
    await here.runTo(0, ['transfer', file, `s3://${bucket}/a/x`]);
    for (const source of [here.source, file])
      for (const dest of ['a/x/', 'a/x/deep/deeper/']) {
        const ended = await here.run(['transfer', source, `s3://${bucket}/${dest}`]);
        assertStatus(1, ended);
        assert.match(ended.stderr, /s3:\/\/bucket\/a\/x is an object, and .*; move what is there/);
      }
  });

  test('of an object in place of a directory that is in no list', async () => {
    await using here = await s3Ground();
    fs.writeFileSync(join(here.source, 'f'), 'f');
    fs.mkdirSync(join(here.server.path, bucket, 'f/.sgwtmp'), { recursive: true });
    const { said } = await here.runTo(3, ['transfer', here.source, `s3://${bucket}`]);
    assert.match(JSON.stringify(said), /f: a directory has this name, and this service/);
  });
});
