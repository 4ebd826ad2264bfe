import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { far } from './ground.ts';

// At a host whose user is no root all files are his own.

const as = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
const asNobody = `ForceCommand exec ${as} sh -c "$SSH_ORIGINAL_COMMAND"`;
const skip = needs('sshd', 'root', 'setpriv', 'setfattr');

/** Files that run as somebody, small and large, alone and with another name, with attributes and without. */
const make = `
  echo small >small; echo group >group; head -c 1100000 /dev/zero >large; head -c 1100000 /dev/zero >attributed
  echo own >own; echo several >several; ln several again; mkdir new; echo new >new/file
  chown 1234:1234 small large attributed several new/file; chown 65534:1234 group; chown 65534:65534 own
  setfattr -n user.k -v 1 attributed
  chmod 6755 *; chmod 755 new; chmod 4755 new/file; chown 1234:1234 new; touch -d @1000 *`;

for (const [way, isFar] of [
  ['to a host', false],
  ['to a host, by SFTP', false],
  ['from host to host', true],
] as const)
  test(`what runs as its owner at the source does not run as us ${way}`, { skip }, async () => {
    await using here = await far({ options: [asNobody] });
    await shell(here.source, make);
    fs.mkdirSync(here.dest);
    fs.chmodSync(here.source, 0o777);
    fs.chownSync(here.dest, 65534, 65534);
    const source = isFar ? here.url(here.source) : here.source;
    const ends = [source, here.url(here.dest)];
    const strategy = way === 'to a host, by SFTP' ? ['--strategy', 'parallel'] : [];
    const first = await here.runTo(0, ['transfer', '--verify', ...strategy, ...ends]);
    const modes = await shell(here.dest, 'find . -type f -printf "%m %P\\n" | sort -k 2');
    assert.deepEqual(modes.trim().split('\n'), [
      ...['755 again', '755 attributed', '755 group', '755 large', '755 new/file'],
      ...['6755 own', '755 several', '755 small'],
    ]);
    const { mode, owner } = first.summary!.notices;
    assert.ok(owner! >= 7, JSON.stringify(first.summary!.notices));
    assert.equal(mode, undefined); // which would have --verify compare the modes of none
    const compare = ['verify', '--no-preserve', 'owner,times,xattrs,hardlinks', ...ends];
    await here.runTo(0, compare);
    fs.chmodSync(`${here.dest}/small`, 0o711);
    await here.runTo(4, compare);
  });

const tree = `
  mkdir -p a/b c; echo 1 >a/b/f; echo 2 >c/g; echo 3 >own; echo 4 >run; ln -s own link; head -c 1100000 /dev/zero >large
  chown -h 1234:1234 a a/b c a/b/f c/g run link large .; chown 65534:77 own; chmod 6755 run; chmod 2775 c
  touch -hd @1000.5 a/b/f c/g own run link large a/b a c .`;

/** All that a touch would change. */
const look = 'find . -printf "%m %U %G %C@ %T@ %P\\n" | sort';

for (const [what, groups, settledBy] of [
  ['no group of the source', '--clear-groups', 1],
  ['a group of the source', '--groups=65534,1234', 2], // no batch gives it
] as const)
  test(`what does not change is left alone at a host whose user is in ${what}`, { skip }, async () => {
    const asUser = `setpriv --reuid=65534 --regid=65534 ${groups} sh -c "$SSH_ORIGINAL_COMMAND"`;
    await using here = await far({ options: [`ForceCommand exec ${asUser}`] });
    await shell(here.source, tree);
    fs.mkdirSync(here.dest);
    fs.chownSync(here.dest, 65534, 65534);
    const words = ['transfer', here.source, here.url(here.dest)];
    for (let run = 0; run < settledBy; run++) await here.runTo(0, words);
    const before = await shell(here.dest, look);
    const { summary } = await here.runTo(0, words);
    assert.equal(await shell(here.dest, look), before);
    const { repaired, copied, made } = summary!.tally;
    assert.deepEqual({ repaired, copied, made }, { repaired: 0, copied: 0, made: 0 });
    assert.equal(summary!.notices.clock, undefined);
    if (settledBy > 1) assert.doesNotMatch(before, / 65534 \d+\.\d+ 1000\S* (a|c|run)/);
  });
