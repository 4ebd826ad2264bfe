import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { analyze } from '../../src/analyze.ts';
import { createControl } from '../../src/control.ts';
import { TransferError } from '../../src/errors.ts';
import type { Event } from '../../src/report/events.ts';
import { summaryLines } from '../../src/report/summary.ts';
import type { VerifyRequest } from '../../src/request.ts';
import { noMetadata } from '../../src/store/entry.ts';
import { below, itself } from '../../src/store/path.ts';
import type { Store } from '../../src/store/store.ts';
import { verify } from '../../src/verify.ts';
import { needs } from '../peer.ts';
import { isKind } from '../store/bodies.ts';
import { far, opening, plainly, transferOver } from './over.ts';
import { shell, workspace } from './run.ts';

const here = () => {
  const path = workspace();
  const way = { source: join(path, 'from'), dest: join(path, 'to'), state: join(path, 'state') };
  fs.mkdirSync(way.source);
  return way;
};

async function compared({ source, dest }: ReturnType<typeof here>, request: Partial<VerifyRequest> = {}) {
  const told: string[] = [];
  const report = (event: Event) => {
    if (event.type !== 'difference') return;
    const { path, what } = event.difference;
    told.push(`${Buffer.from(path).toString('latin1')}: ${what.join(' ')}`);
  };
  const wanted = { ...plainly, oneWay: false, ...request };
  const { found, isWhole } = await verify({ source: far(source), dest: far(dest) }, wanted, {
    report,
    control: createControl(),
    open: opening(),
  });
  assert.deepEqual([found.differences, isWhole], [told.length, true]);
  return { ...found, told: told.sort() };
}

const make = `mkdir -p a/b c; echo f >a/f; echo g >a/b/g; ln a/f a/hard; ln -s f a/link; truncate -s 3M big; mkfifo p`;

test('verify() over stores finds nothing after a transfer, and counts what it compared', async () => {
  const way = here();
  await shell(way.source, make);
  const ran = await transferOver(way, { request: { verify: true } });
  assert.deepEqual([ran.status, ran.differences], [0, []]);
  const { told, compared: count, bytes, failed } = await compared(way, { checksum: true });
  assert.deepEqual(told, []);
  assert.deepEqual([count, bytes, failed], [10, 3 * 1024 * 1024 + 6, 0]);
});

test('verify() over stores counts nothing as compared that is on one side alone', async () => {
  const way = here();
  await shell(way.source, 'mkdir a b; echo 1 >a/one; echo 2 >two; echo 3 >b/three');
  await transferOver(way);
  await shell(way.dest, 'rm -r two b; echo 4 >a/four');
  const { told, compared: count } = await compared(way);
  assert.deepEqual(
    [told, count],
    [['a/four: extra', 'a: time', 'b: missing', 'two: missing', ': time'].sort(), 3],
  );
});

test('transfer --verify over stores that is stopped while it compares says what it moved, and compares all when it goes on', async () => {
  const way = here();
  await shell(way.source, 'mkdir a; echo 1 >a/one; echo 2 >two');
  const control = createControl();
  let opened = 0;
  const wrap = (store: Store, path: string): Store => {
    const isComparing = path === way.source && ++opened === 2;
    if (!isComparing) return store;
    const list: Store['list'] = (dir, signal) => {
      if (dir.length > 0) control.stop('SIGINT');
      return store.list(dir, signal);
    };
    return { ...store, list, listNow: () => undefined };
  };
  const ran = await transferOver(way, { request: { verify: true }, wrap, control });
  const { outcome, exitCode, tally, verified, resumeWith, run } = ran.summary!;
  assert.deepEqual([outcome, exitCode, tally.copied, tally.made], ['stopped', 130, 2, 1]);
  assert.ok(verified!.compared < 4);
  assert.ok(summaryLines(ran.summary!).some((line) => /^compared \d .* before it was stopped: /.test(line)));
  assert.equal(resumeWith, `difpipe runs resume ${run}`);
  await shell(way.dest, 'touch -d @9 a/one');
  const resumed = await transferOver(way, { request: { verify: true, resume: run } });
  assert.equal(resumed.status, 4, resumed.stderr);
  assert.deepEqual(resumed.differences, [{ path: 'a/one', what: ['time'] }]);
});

test('verify() over stores names every difference', { skip: needs('root') }, async () => {
  const way = here();
  await shell(
    way.source,
    `${make}; rm p; for i in 1 2 3 4 5 6 7; do echo $i >c/$i; done; touch -d @9 c/* c a/b a .`,
  );
  await transferOver(way);
  await shell(
    way.dest,
    `rm c/1; echo longer >c/2; printf x | dd of=c/3 conv=notrunc status=none; touch -d @9 c/3; chmod 600 c/4
     chown 5:6 c/5; touch -d @8 c/6; rm c/7; mkdir c/7; ln -sf g a/link; rm a/hard; cp -p a/f a/hard
     echo more >c/more; mkdir -p c/new/below; rm -r a/b; touch -d @9 c; touch -d @9 a .`,
  );
  const { told } = await compared(way, { checksum: true });
  const expected = [
    'a/b: missing',
    'a/hard: links',
    'a/link: target time',
    'c/1: missing',
    'c/2: size time',
    'c/3: content',
    'c/4: mode',
    'c/5: owner',
    'c/6: time',
    'c/7: type',
    'c/more: extra',
    'c/new: extra',
  ];
  const links = told.indexOf('a/f: links'); // whichever of the two came last
  if (links >= 0) told.splice(links, 1, 'a/hard: links');
  assert.deepEqual(told.sort(), expected);
});

test('verify() over stores leaves out what the rules say, on both sides', async () => {
  const way = here();
  await shell(way.source, 'echo 1 >a.tmp; echo 2 >b');
  await transferOver(way);
  await shell(way.dest, 'echo other >a.tmp; echo 3 >c.tmp; touch -r ../from .');
  const rules = [{ action: 'exclude', pattern: '*.tmp' }] as const;
  assert.deepEqual((await compared(way, { rules })).told, []);
  await assert.rejects(compared({ ...way, dest: join(way.state, 'none') }), /there is no/);
});

test('analyze() over a store counts what a walk finds, and changes nothing', async () => {
  const { source, state } = here();
  await shell(source, make);
  const request = { ...plainly, stateDir: state };
  const found = await analyze({ source: far(source), dest: undefined }, request, {
    report: () => undefined,
    control: createControl(),
    open: opening(),
  });
  const { files, directories, symlinks, specials, bytes, linkGroups, depth } = found.profile;
  assert.deepEqual([files, directories, symlinks, specials], [4, 4, 1, 1]);
  assert.deepEqual([bytes, linkGroups, depth], [3 * 1024 * 1024 + 6, 1, 2]);
  assert.equal(fs.existsSync(state), false);
});

test('analyze() of a store that goes away does not take a part for the whole', async () => {
  const { source, state } = here();
  await shell(source, make);
  const wrap = (store: Store): Store => ({
    ...store,
    listNow: () => undefined,
    list(path, signal) {
      if (path.length > 0) throw new TransferError('transient', 'gone');
      return store.list(path, signal);
    },
  });
  const request = { ...plainly, stateDir: state };
  const nobody = () => undefined;
  const looking = analyze({ source: far(source), dest: undefined }, request, {
    report: nobody,
    control: createControl(),
    open: opening(wrap),
  });
  await assert.rejects(looking, isKind('transient'));
});

test('a dry run of a very large directory says what it would do as it goes, and holds little of it', async () => {
  const way = here();
  const entries = 5000;
  let [given, said, mostHeld] = [0, 0, 0];
  const list: Store['list'] = async function* () {
    for (given = 1; given <= entries; given++) {
      mostHeld = Math.max(mostHeld, given - said);
      const path = below(itself, Buffer.from(`f${given}`))!;
      yield { kind: 'file', path, ...noMetadata, size: 1, print: '', allocated: 1, linked: undefined };
    }
  };
  const wrap = (store: Store, path: string) =>
    path === way.source ? { ...store, list, listNow: () => undefined } : store;
  const heard = ({ type }: Event) => {
    if (type === 'entry') said++;
  };
  const ran = await transferOver(way, { request: { dryRun: true, streams: 1 }, wrap, heard });
  assert.deepEqual([ran.status, ran.summary!.tally.copied, said], [0, entries, entries]);
  assert.ok(mostHeld < 1500, `${mostHeld} entries`);
});
