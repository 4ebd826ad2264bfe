import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Flow } from '../../../src/engine/tar/pack/flow.ts';
import type { Piece } from '../../../src/engine/tar/pack/pack-thread.ts';
import { PackTurns } from '../../../src/engine/tar/pack/pack-turns.ts';
import { workspace } from '../run.ts';
import { packHow } from './batch.ts';

const most = { entries: 1000, bytes: 1024 ** 3 };
const fileBytes = 128 * 1024;
const files = 100;

function turnsOf(source: string) {
  const told = new Map<number, Piece[]>();
  const over = new Map([1, 2, 3].map((id) => [id, Promise.withResolvers<void>()]));
  const flow = new Flow();
  const how = {
    ...packHow,
    chunkBytes: 256 * 1024,
    verbose: false,
    tag: '.difpipe-',
    inlineBytes: 1024 ** 2,
  };
  const setup = { root: Buffer.from(source), rules: [], how, flow: flow.buffer };
  const turns = new PackTurns(setup, (piece) => {
    told.set(piece.id, [...(told.get(piece.id) ?? []), piece]);
    if ('out' in piece) over.get(piece.id)!.resolve();
  });
  const order = (id: number, name: string, amid = 1) => {
    const names = Buffer.from(`${name}\0`);
    const bundle = { dir: Buffer.alloc(0), names, what: 'trees', fresh: Uint8Array.of(1), slice: 0 } as const;
    turns.heard({ say: 'order', order: { id, bundle, stage: `.difpipe-${id}`, most, amid } });
  };
  const unsent = (id: number) =>
    (told.get(id) ?? []).reduce((sum, piece) => sum + ('chunk' in piece ? piece.chunk.length : 0), 0);
  return { turns, order, over, told, unsent, flow };
}

/** How many entries the stream has, as its own list of them says. */
function entriesOf(pieces: readonly Piece[]): number {
  const stream = Buffer.concat(pieces.map((piece) => ('chunk' in piece ? piece.chunk : Buffer.alloc(0))));
  const lines = stream.toString('latin1').split('\0');
  return lines.filter((line) => line.startsWith(`${fileBytes} n0/slow/`)).length;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('PackTurns packs on for others while one order is not sent, and then that one too', async () => {
  const source = workspace();
  const content = Buffer.alloc(fileBytes, 'x');
  for (const name of ['slow', 'quick', 'dropped']) {
    fs.mkdirSync(join(source, name));
    for (let n = 0; n < files; n++) fs.writeFileSync(join(source, name, `${n}`), content);
  }
  const { turns, order, over, told, unsent } = turnsOf(source);
  order(1, 'slow');
  order(2, 'quick');
  const sending = setInterval(() => {
    for (const piece of told.get(2)?.splice(0) ?? [])
      if ('chunk' in piece) turns.heard({ say: 'sent', id: 2, bytes: piece.chunk.length });
  }, 1);
  await over.get(2)!.promise;
  clearInterval(sending);
  for (let turns = 0; turns < 500; turns++) await turn();
  assert.ok(!told.get(1)!.some((piece) => 'out' in piece));
  assert.ok(unsent(1) > 7 * 1024 ** 2 && unsent(1) < 9 * 1024 ** 2, `${unsent(1)} bytes`);
  order(3, 'dropped');
  turns.heard({ say: 'drop', id: 3 });
  turns.heard({ say: 'sent', id: 1, bytes: unsent(1) });
  await over.get(1)!.promise;
  const last = told.get(1)!.at(-1)!;
  assert.equal('out' in last && last.out.tally.copied, files);
  assert.deepEqual('out' in last && last.out.rest, []);
  assert.equal(told.get(3), undefined);
  assert.equal(entriesOf(told.get(1)!), files);
});

test('PackTurns leaves most to others while fewer batches are on their way than could be', async () => {
  const source = workspace();
  fs.mkdirSync(join(source, 'many'));
  for (let n = 0; n < 2000; n++) fs.writeFileSync(join(source, 'many', `${n}`), '');
  const { turns, order, over, told, flow } = turnsOf(source);
  const entries = async (id: number) => {
    order(id, 'many', 4);
    await over.get(id)!.promise;
    const last = told.get(id)!.at(-1)!;
    return 'out' in last && last.out.rest.length > 0 ? last.out.tally.copied : undefined;
  };
  using _one = flow.begins();
  const alone = await entries(1);
  assert.ok(alone && alone < 200, `${alone} entries`);
  {
    using _two = flow.begins();
    using _three = flow.begins();
    using _four = flow.begins();
    const amid = await entries(2);
    assert.ok(amid && amid >= 900, `${amid} entries`);
  }
  assert.equal(flow.underWay, 1);
  turns.stop();
});
