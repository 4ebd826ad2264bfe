/** From a web server, beside curl: one large file on loopback and on a long line; a smaller one where some is lost. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { transfer } from '../contenders.ts';
import { type Contender, contest, type Ran } from '../contest.ts';
import { differences } from '../judge.ts';
import { type Line, type Link, startLink } from '../link.ts';
import { type Bench, type Row, type RowResult, within } from '../row.ts';
import { startServer } from '../server.ts';
import { largeFiles, remove } from '../trees.ts';

const clean: Line = { rttMs: 100, mbit: 1000, loss: 0 };
const lossy: Line = { ...clean, loss: 0.0001 };

export const web: Row = {
  title: 'one file of 2 GB from nginx',
  run(bench) {
    const source = join(bench.work, 'source');
    const other = join(bench.work, 'other');
    largeFiles(source, 1, Math.round(2e9 * bench.scale));
    largeFiles(other, 1, Math.round(2e8 * bench.scale)); // of which curl makes half a minute
    const parts = [
      fetched(bench, source, { address: '127.0.0.1', under: [], from: [] }, 'loopback', 1.1),
      overLine(bench, source, clean, '100 ms, 1 Gbit/s', 1.15),
      overLine(bench, other, lossy, '200 MB, 100 ms, 0.01 % lost', 1 / 3),
    ];
    return {
      ran: parts.flatMap(({ ran }) => ran),
      targets: parts.flatMap(({ targets }) => targets),
      notes: parts.flatMap(({ notes }) => notes),
    };
  },
};

function overLine(bench: Bench, source: string, line: Line, what: string, limit: number): RowResult {
  using link = startLink(bench.work, line);
  if (!link) return { ran: [], targets: [], notes: ['not measured: it takes root, cc and ip'] };
  for (const side of [link.near, link.far]) asMostDo(side);
  const { farAddress: address, far: under, near: from } = link;
  return fetched(bench, source, { address, under, from }, what, limit);
}

/** TCP as most servers speak it, whatever this machine prefers. */
function asMostDo(side: Link['near']): void {
  const [program, ...args] = [
    ...side,
    'ip',
    'route',
    'replace',
    '10.79.0.0/24',
    'dev',
    'line',
    'congctl',
    'cubic',
  ];
  execFileSync(program!, args);
}

type At = Parameters<typeof startServer>[2];

function fetched(bench: Bench, source: string, at: At, what: string, limit: number): RowResult {
  using server = startServer(bench.work, source, at);
  if (!server) return { ran: [], targets: [], notes: ['nginx is missing'] };
  const ran = race(bench, source, `${server.url}large-0`, at.from, what);
  return { ran, targets: [within(limit, ran, ran[1]!.name)], notes: [] };
}

function race(bench: Bench, source: string, url: string, from: readonly string[], what: string): Ran[] {
  const dest = join(bench.work, 'copy');
  const state = join(bench.work, 'state');
  const contender = (name: string, argv: readonly string[]): Contender => ({
    name: `${name}, ${what}`,
    argv: [...from, ...argv],
    before: () => remove(dest, state),
    judge: () => differences(source, dest, 'content'),
  });
  return contest(
    [
      contender('difpipe', transfer({ source: url, dest: `${dest}/` }, state)),
      contender('curl', ['curl', '-sSfR', '--create-dirs', '-o', join(dest, 'large-0'), url]),
    ],
    bench,
  );
}
