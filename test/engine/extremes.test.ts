import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { programWith } from '../built.ts';
import { listing } from '../judge.ts';
import { needs } from '../peer.ts';
import { type Pair, pair, said } from './pair.ts';
import { ended, run, shell } from './run.ts';

// Trees that no path and no memory can hold. rsync and Node cannot either: find, tar and a shell are the judges.

const entries = Number(process.env.DIFPIPE_ENTRIES ?? 50_000); // in one directory; try 1000000
const mostBytes = 300e6;
const skip = needs('perl');

test('3,000 levels arrive with all that is on each, under paths of 60,000 bytes', { skip }, async () => {
  const given = pair();
  await given.make(`perl -e '
    for my $n (1 .. 3000) {
      open(my $f, ">", "file") or die; print $f "at $n"; close $f;
      if ($n % 50 == 0) { mkdir "beside"; symlink("nowhere/$n", "beside/link"); link("file", "hard") }
      my $name = "level-$n-" . ("x" x 10); mkdir $name, 0750 or die; chdir $name or die;
    }'`);
  const transfer = () => run(join(given.here, 'state'), ['transfer', given.source, given.dest]);
  const first = await transfer();
  assert.equal(first.status, 0, first.stderr.slice(0, 2000));
  assert.equal(first.summary!.tally.copied, 3000);
  assert.equal(await shape(given.dest), await shape(given.source));
  assert.match(await contents(given.dest), /^at 1 at 2 .*at 3000 $/);
  const then = await shape(given.dest, '%i %C@');
  const again = await transfer();
  assert.equal(again.status, 0, again.stderr.slice(0, 2000));
  const { copied, linked, made, repaired } = again.summary!.tally;
  assert.deepEqual([copied, linked, made, repaired], [0, 0, 0, 0]);
  assert.equal(await shape(given.dest, '%i %C@'), then);
});

/** Every entry with its depth, in one number. */
function shape(root: string, fields = '%y %m %s %T@ %n %l'): Promise<string> {
  return shell(root, 'find . -printf "$0" | sort -z | cksum', `%d %f ${fields}\\0`);
}

/** What the file on each level says. */
function contents(root: string): Promise<string> {
  const read =
    'do { open(my $f, "<", "file") or exit; print <$f>, " " } while chdir((glob "level-*")[0] // exit)';
  return shell(root, `perl -e '${read}'`);
}

test(`${entries} entries in one directory take less than 300 MB, the second time too`, { skip }, async () => {
  const given = pair();
  await given.make(
    `mkdir d; cd d; perl -e 'for (1 .. $ARGV[0]) { open(my $f, ">", "file $_") or die }' "$0"`,
    `${entries}`,
  );
  await given.make('touch -d @5.5 d .');
  const first = await measured(given, 'transfer');
  assert.match(first.said, new RegExp(`moved ${entries.toLocaleString('en')} files`));
  const second = await measured(given, 'transfer');
  assert.match(second.said, new RegExp(`moved 0 files .* skipped ${entries.toLocaleString('en')} `));
  const verified = await measured(given, 'verify');
  assert.match(verified.said, /no difference/);
  for (const { bytes } of [first, second, verified]) assert.ok(bytes < mostBytes, `${bytes} bytes`);
  assert.equal(await shape(given.dest), await shape(given.source));
});

/** Runs a verb, and looks at the most memory it ever had. */
async function measured({ here, source, dest }: Pair, verb: string) {
  const child = spawn(...programWith(verb, source, dest), {
    env: { ...process.env, DIFPIPE_STATE_DIR: join(here, 'state') },
  });
  let bytes = 0;
  const looking = setInterval(() => {
    bytes = Math.max(bytes, peakOf(child.pid!));
  }, 20);
  const { status, stderr } = await ended(child);
  clearInterval(looking);
  assert.equal(status, 0, stderr.slice(0, 2000));
  return { said: stderr, bytes };
}

function peakOf(pid: number): number {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0; // it has just ended
  }
}

test('entries of a directory are listed once, however many lanes share them', { skip }, async () => {
  const given = pair();
  await given.make(
    `mkdir d; cd d; perl -e 'for (1 .. 20000) { mkdir "d$_" if $_ % 10 == 0; symlink("x", "l$_"); open(my $f, ">", "f$_") }'`,
  );
  await given.make('touch -d @5.5 d .');
  const first = await given.transfer(['--streams', '4']);
  assert.equal(first.status, 0, first.stderr.slice(0, 2000));
  assert.equal(new Set(said(first)).size, 42001);
  assert.equal(first.entries.length, 42001);
  const fields = '%y %m %s %T@ %n %l';
  assert.deepEqual(await listing(given.dest, fields), await listing(given.source, fields));
});
