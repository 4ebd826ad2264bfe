import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { asUsual } from '../../src/request.ts';
import { type Ends, pull, push, relay, transferFar } from '../engine/far.ts';
import { needs } from '../peer.ts';
import { type Sshd, startSshd } from '../ssh/sshd.ts';

// Files that go whole and by ranges, of nothing but zeros between their first and their last byte.

const MiB = 2 ** 20;
const sizes = { whole: 3 * MiB, ranges: 66 * MiB };
const ways: Readonly<Record<string, Ends>> = {
  'to a host': push,
  'from a host': pull,
  'from host to host': relay,
};

/** What each file takes up at the destination, in bytes; each is seen to be the same as at the source. */
async function roomAfter(sshd: Sshd, ends: Ends, sparse: boolean): Promise<Record<string, number>> {
  const [source, dest] = [join(sshd.home, 'from'), join(sshd.home, 'to')];
  fs.mkdirSync(source);
  for (const [name, bytes] of Object.entries(sizes)) {
    fs.writeFileSync(join(source, name), 'x');
    fs.truncateSync(join(source, name), bytes - 1);
    fs.appendFileSync(join(source, name), 'x');
  }
  const request = { preserve: { ...asUsual.preserve, sparse } };
  const ran = await transferFar(sshd, ends, { source, dest, state: join(sshd.home, 'state') }, { request });
  assert.equal(ran.status, 0, ran.stderr);
  const rooms = Object.keys(sizes).map((name) => {
    assert.ok(fs.readFileSync(join(source, name)).equals(fs.readFileSync(join(dest, name))), name);
    return [name, fs.statSync(join(dest, name)).blocks * 512];
  });
  return Object.fromEntries(rooms);
}

describe('holes', { skip: needs('sshd') }, () => {
  for (const [way, ends] of Object.entries(ways)) {
    test(`are kept or made ${way}`, async () => {
      await using sshd = await startSshd();
      const { whole, ranges } = await roomAfter(sshd, ends, true);
      assert.ok(whole! <= MiB && ranges! <= 4 * MiB, `${whole} ${ranges}`);
    });

    test(`are filled ${way}, where they are not to be preserved`, async () => {
      await using sshd = await startSshd();
      const { whole, ranges } = await roomAfter(sshd, ends, false);
      assert.ok(whole! >= sizes.whole && ranges! >= sizes.ranges, `${whole} ${ranges}`);
    });
  }
});
