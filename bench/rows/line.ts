/** Over SSH on a long line: one large file there and back, with and without loss, and many small files. */
import { join } from 'node:path';
import { type Contender, contest, type Ran, wallMs } from '../contest.ts';
import { type Host, startHosts } from '../host.ts';
import { differences } from '../judge.ts';
import { type Line, type Link, startLink } from '../link.ts';
import { hither, thither, type Way } from '../over-ssh.ts';
import { type Bench, compared, type Row, type RowResult, range, type Target, within } from '../row.ts';
import { spread } from '../stats.ts';
import { type Direction, streamRates } from '../stream.ts';
import { largeFiles, remove, smallFiles } from '../trees.ts';

const port = 22_403;
const largeBytes = 2 ** 30;
const smallCount = 20_000;
const clean: Line = { rttMs: 100, mbit: 1000, loss: 0 };
const lossy: Line = { ...clean, loss: 0.0001 };

export const line: Row = {
  title: 'over SSH on a line of 100 ms and 1 Gbit/s',
  run(bench) {
    const large = join(bench.work, 'large');
    const small = join(bench.work, 'small');
    largeFiles(large, 1, Math.round(largeBytes * bench.scale));
    smallFiles(small, Math.round(smallCount * bench.scale), 4096);
    const parts = [
      ...across(bench, clean, (host, link) => [
        fast(bench, link, large, 'there', [...thither(bench, large, host), scpThere(bench, large, host)]),
        fast(bench, link, large, 'back', [...hither(bench, large, host), scpBack(bench, large, host)]),
      ]),
      ...across(bench, lossy, (host) => [withLoss(bench, large, thither(bench, large, host))]),
      ...across(bench, clean, (host) => [
        manySmall(bench, small, 'there', thither(bench, small, host)),
        manySmall(bench, small, 'back', hither(bench, small, host)),
      ]),
    ];
    return {
      ran: parts.flatMap(({ ran }) => ran),
      targets: parts.flatMap(({ targets }) => targets),
      notes: parts.flatMap(({ notes }) => notes),
    };
  },
};

function across(bench: Bench, what: Line, work: (host: Host, link: Link) => RowResult[]): RowResult[] {
  using link = startLink(bench.work, what);
  const at = link && { address: link.farAddress, under: link.far, from: link.near };
  using started = at && startHosts(bench.work, [port], at);
  if (!link || !started)
    return [{ ran: [], targets: [], notes: ['not measured: it takes root, cc, ip and sshd'] }];
  return work(started.hosts[0]!, link);
}

/** All but tar, which nobody takes for one file. */
function fast(bench: Bench, link: Link, source: string, name: Direction, way: Way): RowResult {
  const bytes = Math.round(largeBytes * bench.scale);
  const rates = streamRates(link, name, bytes);
  const ran = race(
    bench,
    source,
    `file ${name}`,
    way.filter((one) => !one.name.includes('tar')),
  );
  const [ours, ...others] = ran;
  const targets = [
    share(ours!, bytes, { rate: rates?.whole, of: 'of one TCP stream with as many bytes' }),
    share(ours!, bytes, { rate: rates?.steady, of: 'of one TCP stream once it is fast' }),
    ...others.map((theirs) => compared({ limit: 1 / 4.5, ours: ours!, theirs, name: theirs.name })),
  ];
  const notes = rates ? [`one TCP stream, ${name}: ${mega(rates.whole)}, ${mega(rates.steady)} MB/s`] : [];
  return { ran, targets, notes };
}

type Rate = { readonly rate: number | undefined; readonly of: string };

function share(ours: Ran, bytes: number, { rate, of }: Rate): Target {
  const toReach = `${of}, at least 85 %`;
  if (!rate) return { toReach, got: 'iperf3 is missing', isReached: undefined };
  const found = spread(wallMs(ours).map((ms) => (bytes * 1000) / ms / rate));
  return { toReach, got: range(found, percent), isReached: found.median >= 0.85 };
}

function percent(part: number): string {
  return `${(100 * part).toFixed(0)} %`;
}

function mega(rate: number): string {
  return (rate / 1e6).toFixed(0);
}

function withLoss(bench: Bench, source: string, way: Way): RowResult {
  const ran = race(bench, source, 'file there, 0.01 % lost', way.slice(0, 2));
  return { ran, targets: [within(1 / 3, ran, ran[1]!.name)], notes: [] };
}

function manySmall(bench: Bench, source: string, name: Direction, way: Way): RowResult {
  const ran = race(bench, source, `small files ${name}`, way);
  return { ran, targets: [within(0.35, ran, ran[1]!.name), within(1, ran, ran[2]!.name)], notes: [] };
}

function race(bench: Bench, source: string, what: string, way: Way): Ran[] {
  const dest = join(bench.work, 'copy');
  const contenders = way.map(
    ({ name, argv }): Contender => ({
      name: `${name}, ${what}`,
      argv,
      before: () => remove(dest, join(bench.work, 'state')),
      judge: () =>
        differences(source, dest, name === 'difpipe' || name.startsWith('rsync') ? 'everything' : 'content'),
    }),
  );
  return contest(contenders, bench);
}

function scpThere({ work }: Bench, source: string, host: Host): Way[number] {
  return { name: 'scp', argv: [...scp(host), source, `${host.login}:${join(work, 'copy')}`] };
}

function scpBack({ work }: Bench, source: string, host: Host): Way[number] {
  return { name: 'scp', argv: [...scp(host), `${host.login}:${source}`, join(work, 'copy')] };
}

/** With the flags that ssh was given, as scp spells them. */
function scp({ under, ssh }: Host): string[] {
  const [, ...flags] = ssh.split(' ');
  return [...under, 'scp', ...flags.map((flag) => (flag === '-p' ? '-P' : flag)), '-rq'];
}
