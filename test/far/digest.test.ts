import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { far, over } from './ground.ts';
import { line } from './line.ts';
import { ordinary } from './tree.ts';

// Contents are compared without moving them: what is at the far end is added up there.

const skip = needs('sshd', 'sha256sum');
const MiB = 2 ** 20;

for (const isBoth of [false, true]) {
  const what = isBoth ? 'of two hosts' : 'here and on a host';
  test(`verify --checksum reads nothing over the line: trees ${what}`, { skip }, async () => {
    await using here = await far();
    await using way = await line(here.server.port);
    ordinary(here.source, { files: 300, largeMiB: 40 });
    fs.cpSync(here.source, here.dest, { recursive: true, preserveTimestamps: true });
    const dest = over(here, way, here.dest);
    const source = isBoth ? over(here, way, here.source) : here.source;
    const same = await here.runTo(0, ['verify', '--checksum', source, dest]);
    const compared = same.said.find(({ type }) => type === 'verified') as { bytes: number } | undefined;
    assert.ok(compared && compared.bytes > 40 * MiB);
    assert.ok(way.bytes() < MiB, `${way.bytes()} bytes went over the line`);

    const path = join(here.dest, 'large');
    const { atime, mtime } = fs.statSync(path);
    const fd = fs.openSync(path, 'r+');
    fs.writeSync(fd, 'x', 30 * MiB);
    fs.closeSync(fd);
    fs.utimesSync(path, atime, mtime);
    const other = await here.runTo(4, ['verify', '--checksum', source, dest]);
    const found = other.said.filter(({ type }) => type === 'difference');
    assert.deepEqual(
      found.map(({ path: at, what: of }) => [at, of]),
      [['large', ['content']]],
    );
  });
}

test('transfer --verify --checksum moves each byte once', { skip }, async () => {
  await using here = await far();
  await using way = await line(here.server.port);
  ordinary(here.source, { files: 100, largeMiB: 40 });
  await here.runTo(0, ['transfer', '--verify', '--checksum', here.source, over(here, way, here.dest)]);
  assert.ok(way.bytes() < 44 * MiB, `${way.bytes()} bytes went over the line`);
});
