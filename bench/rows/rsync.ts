/** rsync as an engine, beside rsync itself, on a long line: many small files, and a large file changed in places. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { type Contender, contest } from '../contest.ts';
import { type Host, startHosts } from '../host.ts';
import { differences } from '../judge.ts';
import { type Link, startLink } from '../link.ts';
import { thither, type Way } from '../over-ssh.ts';
import { type Bench, type Row, type RowResult, within } from '../row.ts';
import { largeFiles, remove, smallFiles } from '../trees.ts';

const port = 22_404;
const files = 100_000;
const largeBytes = 2 * 2 ** 30;
const pieces = 200; // of 1 % together

export const rsync: Row = {
  title: '--strategy rsync, beside rsync -a, to a host over a line of 100 ms and 1 Gbit/s',
  run(bench) {
    using link: Link | undefined = startLink(bench.work, { rttMs: 100, mbit: 1000, loss: 0 });
    const at = link && { address: link.farAddress, under: link.far, from: link.near };
    using started = at && startHosts(bench.work, [port], at);
    const host = started?.hosts[0];
    if (!host) return { ran: [], targets: [], notes: ['not measured: it takes root, cc, ip and sshd'] };
    return joined(manySmall(bench, host), changed(bench, host));
  },
};

function joined(...results: readonly RowResult[]): RowResult {
  return {
    ran: results.flatMap(({ ran }) => ran),
    targets: results.flatMap(({ targets }) => targets),
    notes: [],
  };
}

function manySmall(bench: Bench, host: Host): RowResult {
  const source = join(bench.work, 'small');
  smallFiles(source, Math.round(files * bench.scale), 4096);
  const ran = race(bench, source, 'small files', byRsync(thither(bench, source, host)), () => undefined);
  remove(source);
  return { ran, targets: [within(0.6, ran, ran[1]!.name)], notes: [] };
}

/** The older file is brought back before each run. */
function changed(bench: Bench, host: Host): RowResult {
  const [source, old, dest] = ['large', 'old', 'copy'].map((name) => join(bench.work, name));
  const bytes = Math.round(largeBytes * bench.scale);
  largeFiles(source!, 1, bytes);
  execFileSync('cp', ['-a', source!, old!]);
  change(join(source!, fs.readdirSync(source!)[0]!), bytes);
  const bring = () => void execFileSync('cp', ['-a', old!, dest!]);
  const ran = race(bench, source!, '1 % changed', byRsync(thither(bench, source!, host)), bring);
  remove(source!, old!);
  return { ran, targets: [within(1.05, ran, ran[1]!.name)], notes: [] };
}

function change(path: string, bytes: number): void {
  const fd = fs.openSync(path, 'r+');
  const piece = Buffer.alloc(Math.floor(bytes / 100 / pieces), 'changed');
  for (let at = 0; at < pieces; at++)
    fs.writeSync(fd, piece, 0, piece.length, Math.floor((at * bytes) / pieces));
  fs.closeSync(fd);
}

/** difpipe by that strategy, and rsync. */
function byRsync([ours, theirs]: Way): Way {
  const at = ours!.argv.indexOf('transfer') + 1;
  return [{ ...ours!, argv: ours!.argv.toSpliced(at, 0, '--strategy', 'rsync') }, theirs!];
}

function race(bench: Bench, source: string, what: string, way: Way, bring: () => void) {
  const dest = join(bench.work, 'copy');
  const contenders = way.map(
    ({ name, argv }): Contender => ({
      name: `${name}, ${what}`,
      argv,
      before: () => {
        remove(dest, join(bench.work, 'state'));
        bring();
      },
      judge: () => differences(source, dest, 'everything'),
    }),
  );
  return contest(contenders, bench);
}
