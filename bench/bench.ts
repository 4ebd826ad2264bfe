/**
 * Measures difpipe, as built, against other programs, and says which of the ratios it is to reach it reaches.
 *
 * Each row builds its tree, lets the programs do its work in turn, judges the copies and clears all away. Whatever
 * is measured, the exit code is 0: a missed ratio is a result. `docs/performance.md` says how to read it.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Flags, readFlags, usage } from './flags.ts';
import { commit, load, machine } from './machine.ts';
import { matrix } from './matrix/matrix.ts';
import { Interrupted } from './measure.ts';
import { updatePage } from './page.ts';
import type { Bench, RowResult } from './row.ts';
import { big } from './rows/big.ts';
import { clone } from './rows/clone.ts';
import { journal } from './rows/journal.ts';
import { line } from './rows/line.ts';
import { mixed } from './rows/mixed.ts';
import { rsync } from './rows/rsync.ts';
import { s3, s3Large, s3Mib } from './rows/s3.ts';
import { s3Unchanged } from './rows/s3-unchanged.ts';
import { small } from './rows/small.ts';
import { ssh } from './rows/ssh.ts';
import { start } from './rows/start.ts';
import { unchanged } from './rows/unchanged.ts';
import { web } from './rows/web.ts';
import { programs, table, targetHead, targets } from './table.ts';
import { buildIfStale, findTools } from './tools.ts';
import { remove } from './trees.ts';

const rows = {
  small,
  big,
  clone,
  mixed,
  unchanged,
  start,
  journal,
  ssh,
  line,
  web,
  s3,
  's3-mib': s3Mib,
  's3-large': s3Large,
  's3-unchanged': s3Unchanged,
  rsync,
} as const;
type RowName = keyof typeof rows;
const names = Object.keys(rows) as RowName[];

if (process.argv[2] === 'matrix') matrix(process.argv.slice(3));
else runRows(readFlags(names));

function runRows(flags: Flags | 'help'): void {
  if (flags === 'help') console.log(usage.replace('ROWS', names.join(', ')));
  else runUntilInterrupted(flags);
}

/** Ctrl-C reaches the program that is measured; what was made is cleared away on the way out. */
function runUntilInterrupted(asked: Flags): void {
  process.on('SIGINT', () => undefined);
  try {
    run(asked);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    process.exitCode = 130;
  }
}

function run(asked: Flags): void {
  buildIfStale();
  using base = temporary(asked.dir);
  using disk = temporary(tmpdir());
  const described = machine(base.path);
  console.log(described.join('\n'));
  const tools = findTools(base.path);
  const results = new Map<RowName, RowResult>();
  for (const name of asked.rows as RowName[]) {
    using work = temporary(base.path);
    const bench: Bench = { ...asked, tools, work: work.path, disk: disk.path };
    const result = measured(name, bench);
    if (result) results.set(name, result);
  }
  const reached = [...results].flatMap(([name, result]) => targets(name, rows[name].title, result));
  console.log(`\n${table([targetHead, ...reached]).join('\n')}`);
  if (asked.update) updatePage(blocks(described, results));
}

/** One row; a program that cannot be run is said, and the next row comes. */
function measured(name: RowName, bench: Bench): RowResult | undefined {
  const before = `load ${load()} before it began`;
  console.log(`\n${name}: ${rows[name].title} (${before})`);
  try {
    const found = rows[name].run(bench);
    const result = { ...found, notes: [`at ${commit()}, ${before}`, ...found.notes] };
    console.log([...programs(result), ...result.notes].join('\n'));
    return result;
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    console.log(`not measured: ${(error as Error).message}`);
    return undefined;
  }
}

function blocks(
  described: readonly string[],
  results: ReadonlyMap<RowName, RowResult>,
): Map<string, string[]> {
  const found = new Map<string, string[]>([['machine', described.map((line) => `- ${line}`)]]);
  for (const [name, result] of results) {
    const lines = targets(name, rows[name].title, result);
    const notes = result.notes.map((note) => `- ${note}`);
    const reached = table([targetHead, ...lines]);
    found.set(name, [...reached, '', ...programs(result), '', ...notes]);
  }
  return found;
}

function temporary(dir: string): Disposable & { readonly path: string } {
  const path = fs.mkdtempSync(join(dir, 'difpipe-bench-'));
  return { path, [Symbol.dispose]: () => remove(path) };
}
