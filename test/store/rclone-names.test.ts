import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import type { CloudPlace } from '../../src/location/location.ts';
import { fromRclone, toRclone } from '../../src/store/rclone/names.ts';
import { remotesOf, targetOf } from '../../src/store/rclone/remotes.ts';
import { needs } from '../peer.ts';
import { remotes } from '../rclone/remotes.ts';
import { signal } from './bodies.ts';

const named: Readonly<Record<string, string>> = {
  plain: 'plain',
  'new\nline': 'new\u240aline',
  '\u007f': '\u2421',
  '\u240a': '\u201b\u240a',
  '\u201b': '\u201b\u201b',
  '\uff0e': '\u201b\uff0e',
  '\uff0e\uff0e': '\u201b\uff0e\u201b\uff0e',
  'a\uff0e': 'a\uff0e',
};

for (const [name, written] of Object.entries(named))
  test(`toRclone() writes ${JSON.stringify(name)} as rclone does, and fromRclone() takes it back`, () => {
    assert.equal(toRclone(Buffer.from(`a/${name}`)), `a/${written}`);
    assert.deepEqual(Buffer.from(fromRclone(written)!), Buffer.from(name));
  });

test('fromRclone() has no name for what would be asked for as another', () => {
  for (const raw of ['new\nline', '\u201bx', '\uff0e']) assert.equal(fromRclone(raw), undefined);
});

test('toRclone() has no name for what is not UTF-8', () => {
  assert.equal(toRclone(Buffer.from([0x63, 0xe9])), undefined);
});

test('a bucket goes by the one remote of its service, or by the environment', {
  skip: needs('rclone'),
}, async () => {
  await using here = remotes('rclone');
  const target = (place: CloudPlace) => targetOf(place, here.rclone, signal);
  const bucket = { kind: 'cloud', service: 'gs', remote: 'bucket', path: 'a/b/' } as const;
  assert.equal(await target(bucket), ':gcs,env_auth:bucket/a/b');
  fs.appendFileSync(
    here.config,
    '\n[own]\ntype = google cloud storage\nservice_account_credentials = canary\n',
  );
  assert.equal(await target(bucket), 'own:bucket/a/b');
  fs.appendFileSync(here.config, '\n[other]\ntype = google cloud storage\n');
  assert.equal(await target(bucket), ':gcs,env_auth:bucket/a/b');
  assert.equal(await target({ ...bucket, service: 'az' }), ':azureblob,env_auth:bucket/a/b');
  assert.equal(await target(here.place('disk', '/')), 'disk:/');
  const found = await remotesOf(here.rclone, signal);
  assert.deepEqual(found.map(({ name }) => name).sort(), ['disk', 'other', 'own', 'secret']);
  assert.doesNotMatch(JSON.stringify(found), /canary/);
});
