import type { Commit } from '../types.ts';
import type { Sum } from './crc.ts';
import type { Tables } from './tables.ts';

/** Writes all that a Commit tells of a run, what is gone first. Belongs inside one transaction. */
export function writeCommit(tables: Tables, run: string, commit: Commit): void {
  const state = tables.route.read();
  const parts = writeParts(tables, state.parts, commit);
  const links = writeLinks(tables, state.links, commit);
  if (parts !== state.parts || links !== state.links) tables.route.write({ ...state, parts, links });
  for (const { dir, slices } of commit.leftEnd) tables.left.cut(dir, slices);
  tables.left.put(commit.left);
  writeRun(tables, run, commit);
}

function writeParts({ parts }: Tables, before: Sum, { added, ranges, done }: Commit): Sum {
  let sum = before;
  for (const id of done) sum = parts.forget(sum, id);
  for (const part of added) sum = parts.add(sum, part);
  for (const row of ranges) sum = parts.setRanges(sum, row.id, row.ranges);
  return sum;
}

function writeLinks({ links }: Tables, before: Sum, { links: added, linksDone }: Commit): Sum {
  let sum = before;
  for (const key of linksDone) sum = links.forget(sum, key);
  for (const link of added) sum = links.add(sum, link);
  return sum;
}

function writeRun({ runs, failures }: Tables, id: string, commit: Commit): void {
  const { tally, profile, notices, walkEnded } = commit;
  const run = runs.find(id)!;
  failures.add(id, run.failures, commit.failures);
  runs.write({ ...run, tally, profile, notices, walkEnded, failures: run.failures + commit.failures.length });
}
