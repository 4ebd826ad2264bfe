// A process with a Journal, for the tests that kill it. What it says on stdout is what it was promised.
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { TransferError } from '../../src/errors.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { openJournal } from '../../src/journal/open.ts';
import { commitOf, endOf, leftOf, partOf, route, start } from './fixture.ts';

const [mode, stateDir, size] = process.argv.slice(2) as [string, string, string | undefined];
const modes: Readonly<Record<string, () => unknown>> = { hold, commits, cycles, once: oneRun, leave, exit };
await modes[mode]!();

function say(text: string): void {
  writeSync(1, `${text}\n`);
}

/** Waits for a word, tries to take the route, says how that went, and keeps it until stdin ends. */
async function hold(): Promise<void> {
  say('ready');
  await once(process.stdin, 'data');
  const ended = once(process.stdin, 'end');
  try {
    using journal = openJournal(stateDir, route);
    say(`won ${journal.startRun(start)}`);
    await ended;
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    say(`${error.kind} ${error.message}`);
  }
}

/** Commits that add a Part and forget an older one, for as long as it lives. */
function commits(): void {
  const journal = openJournal(stateDir, route);
  journal.startRun(start);
  for (let n = 1; ; n++) {
    commitNumber(journal, n);
    say(`${n}`);
  }
}

/** Whole runs, one after another. */
function cycles(): void {
  for (;;) say(run());
}

function oneRun(): void {
  say(run());
}

/** Ends without a word to the Journal. */
function leave(): void {
  const journal = openJournal(stateDir, route);
  journal.startRun(start);
  commitNumber(journal, 1);
}

function exit(): void {
  leave();
  process.exit();
}

function run(): string {
  using journal = openJournal(stateDir, route);
  if (journal.rescued !== undefined) throw new Error(journal.rescued);
  const id = journal.startRun(start);
  for (let n = 1; n < 4; n++) commitNumber(journal, n);
  journal.endRun(endOf({}));
  return id;
}

function commitNumber(journal: Journal, n: number): void {
  const names = Buffer.alloc(Number(size ?? 20), n);
  const added = [partOf(n, { names })];
  journal.commit(commitOf({ added, done: [n - 10], left: [leftOf(BigInt(n), 0)], walkEnded: true }));
}
