/** How much is asked of a server before it answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lines } from '../../src/store/sftp/lines.ts';
import { encodeAttributes } from '../../src/store/sftp/protocol/attributes.ts';
import { connect } from '../../src/store/sftp/protocol/client.ts';
import { encode } from '../../src/store/sftp/protocol/encode.ts';
import { packet } from '../../src/store/sftp/protocol/numbers.ts';
import { lookAt } from '../../src/store/sftp/protocol/requests.ts';
import { openSftp } from '../../src/store/sftp/protocol/sftp.ts';
import { createWindow, readRange, writeRange } from '../../src/store/sftp/range.ts';
import { bodyOf, counted, signal } from './bodies.ts';
import { type Asked, answer, nothing, scripted, statusOf } from './scripted.ts';

const KiB = 1024;
const handle = Buffer.from('h');

/** Keeps its answers until so many were asked for. */
function after(count: number, say: (asked: Asked) => Uint8Array) {
  const held: Asked[] = [];
  return scripted((asked) => {
    held.push(asked);
    return held.length < count ? nothing : Buffer.concat(held.splice(0).map(say));
  });
}

test('2 MiB are asked for before the first answer, in what every server takes at once', async () => {
  const data = Buffer.alloc(32 * KiB, 7);
  const server = after(64, (asked) => answer(asked, packet.DATA, data));
  const sftp = await openSftp(server.open, 'far', undefined, signal);
  await using _ = sftp.client;
  const range = { offset: 0, length: 256 * data.length };
  let got = 0;
  for await (const chunk of readRange(sftp, handle, range, async () => undefined, signal))
    got += chunk.length;
  assert.equal(got, range.length);
});

test('2 MiB are written before the first answer, in what the server takes at once', async () => {
  const [limits, one] = [Buffer.from('limits@openssh.com'), Buffer.from('1')];
  const reply = (asked: Asked) => answer(asked, packet.EXTENDED_REPLY, 262_144n, 200_000n, 100_000n, 100n);
  const held: Asked[] = [];
  const say = (asked: Asked) => {
    if (asked.type === packet.EXTENDED) return reply(asked);
    held.push(asked);
    return held.length < 21 ? nothing : Buffer.concat(held.splice(0).map((each) => statusOf(each, 0)));
  };
  const server = scripted(say, encode(packet.VERSION, [3, limits, one]));
  const sftp = await openSftp(server.open, 'far', undefined, signal);
  await using _ = sftp.client;
  await sftp.limited;
  assert.deepEqual([sftp.readBytes, sftp.writeBytes], [200_000, 100_000]);
  const window = createWindow();
  const range = { offset: 0, length: 2_100_000 };
  const chunks = bodyOf(counted(range.length)).open(range, signal);
  assert.ok(await writeRange({ sftp, handle, window }, range, chunks, signal));
  await window.all();
  assert.equal(server.asked.filter(({ type }) => type === packet.WRITE).length, 21);
});

test('answers may come in any order', async () => {
  const held: Asked[] = [];
  const server = scripted((asked) => {
    held.push(asked);
    const say = (one: Asked) => answer(one, packet.ATTRS, encodeAttributes({ size: one.id }));
    return held.length < 50 ? nothing : Buffer.concat(held.splice(0).reverse().map(say));
  });
  await using client = await connect(server.open, 'far', signal);
  const asked = Array.from({ length: 50 }, () => lookAt(client, handle, signal));
  const sizes = (await Promise.all(asked)).map((found) => found?.size);
  assert.deepEqual(
    sizes,
    Array.from({ length: 50 }, (_, i) => i + 1),
  );
});

test('who moves much waits for the line that is being opened, and shares when no other may be', async () => {
  const server = scripted(() => nothing);
  const isSlow = Promise.withResolvers<void>();
  let opened = 0;
  const open: typeof server.open = async (on) => {
    opened++;
    if (opened > 1) await isSlow.promise;
    return server.open(on);
  };
  await using lines = new Lines(open, 'far', 2);
  using first = await lines.lease(signal);
  lines.widen();
  const later = lines.lease(signal);
  assert.equal(opened, 2);
  isSlow.resolve();
  using second = await later;
  assert.notEqual(second.sftp, first.sftp);
  using third = await lines.lease(signal);
  assert.ok([first.sftp, second.sftp].includes(third.sftp));
  assert.equal(opened, 2);
});

test('work that comes while connections are being made is spread evenly over all of them', async () => {
  const server = scripted(() => nothing);
  const isSlow = Promise.withResolvers<void>();
  let opened = 0;
  const open: typeof server.open = async (on) => {
    if (++opened > 1) await isSlow.promise;
    return server.open(on);
  };
  await using lines = new Lines(open, 'far', 3);
  const first = await lines.lease(signal);
  lines.widen();
  const others = Array.from({ length: 5 }, () => lines.lease(signal));
  isSlow.resolve();
  const all = [first, ...(await Promise.all(others))];
  const counts = Map.groupBy(all, ({ sftp }) => sftp);
  assert.deepEqual(
    [...counts.values()].map(({ length }) => length),
    [2, 2, 2],
  );
  for (const one of all) one[Symbol.dispose]();
});
