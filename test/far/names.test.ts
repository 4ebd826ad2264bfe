import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs, sftpServer } from '../peer.ts';
import type { Ended } from '../survive/program.ts';
import { differences, type Far, far, ways } from './ground.ts';

// Small files of several names go together like others, and their names are joined many at a time.

const skip = needs('sshd', 'rsync');
const count = 300;
const pathOf = (root: string, dir: string, i: number) => join(root, dir, `d${i % 3}`, `f${i}`);

/** Names of one file in two directories, and some outside of the tree. */
function make({ path, source }: Far): void {
  for (const dir of ['a', 'b'])
    for (const below of [0, 1, 2]) fs.mkdirSync(join(source, dir, `d${below}`), { recursive: true });
  for (let i = 0; i < count; i++) {
    fs.writeFileSync(pathOf(source, 'a', i), `${i} of those with two names`);
    if (i % 10 === 1) fs.linkSync(pathOf(source, 'a', i), join(path, `outside${i}`));
    else fs.linkSync(pathOf(source, 'a', i), pathOf(source, 'b', i));
  }
}

/** Some are one file no more, some have another name, another content, another time. */
function change({ source }: Far): void {
  for (let at = 0; at < 6; at++) {
    const [first, second] = [pathOf(source, 'a', at * 10), pathOf(source, 'b', at * 10)];
    fs.unlinkSync(second);
    if (at % 2 === 0) fs.symlinkSync('elsewhere', second);
    else fs.writeFileSync(second, 'a file of its own');
    if (at % 3 === 0) fs.appendFileSync(first, ', and changed');
    if (at % 3 === 1) fs.utimesSync(first, 1e9, 1e9);
    fs.linkSync(pathOf(source, 'a', at * 10 + 2), join(source, `another${at}`));
    fs.appendFileSync(pathOf(source, 'a', at * 10 + 3), ', and more');
    fs.utimesSync(pathOf(source, 'a', at * 10 + 4), 1e9, 1e9);
  }
}

/** Each packet says how long it is, and then what it wants. */
function opensIn(path: string): number {
  const bytes = fs.readFileSync(path);
  let opens = 0;
  for (let at = 0; at + 4 < bytes.length; at += 4 + bytes.readUInt32BE(at)) if (bytes[at + 4] === 3) opens++;
  return opens;
}

for (const [way, ends] of Object.entries(ways))
  test(`names of small files are joined ${way}, and what changed of them goes again`, { skip }, async () => {
    const asked = fs.mkdtempSync(join(tmpdir(), 'asked-'));
    await using here = await far({ options: [`Subsystem sftp tee ${asked}/$$ | ${sftpServer}`] });
    make(here);
    const words = ['transfer', '--exclude', 'a/*/f7', ...ends(here)];
    const first = await here.runTo(0, words);
    const opened = fs.readdirSync(asked).map((name) => opensIn(join(asked, name)));
    assert.ok(opened.reduce((sum, more) => sum + more, 0) < 30, `${opened}`);
    assert.deepEqual(moved(first), { copied: count, linked: count - 31 });
    assert.deepEqual(left(here), []);
    assert.deepEqual(moved(await here.runTo(0, words)), { copied: 0, linked: 0 });
    change(here);
    assert.deepEqual(moved(await here.runTo(0, [...words, '--verify'])), { copied: 19, linked: 18 });
    assert.deepEqual(left(here), []);
    fs.rmSync(asked, { recursive: true });
  });

/** But for what is not to go. */
function left({ source, dest }: Far): string[] {
  return differences(source, dest).filter((one) => !one.endsWith(' a/d1/f7 => b/d1/f7'));
}

function moved({ summary }: Ended) {
  const { clock: _, ...notices } = summary!.notices; // of symlinks that replace a file
  assert.deepEqual(notices, { excluded: 1 });
  const { copied, linked } = summary!.tally;
  return { copied, linked };
}
