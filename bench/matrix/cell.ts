/** One cell of the matrix: one tree by one route, by difpipe as it likes, as it is told, and by hand. */
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { differences } from '../judge.ts';
import { difpipe } from '../tools.ts';
import { remove } from '../trees.ts';
import type { Route, RouteName, Way } from './routes.ts';
import { type Tree, type TreeName, trees } from './trees.ts';

export type Took = { readonly name: string; readonly ms: number };

export type Cell = {
  readonly tree: TreeName;
  readonly route: RouteName;
  readonly scale: number;
  readonly auto: number;
  readonly forced: readonly Took[];
  readonly byHand: readonly Took[];
  /** what was predicted of the first run on the route, and of the second, over what they took */
  readonly cold: number | undefined;
  readonly second: number | undefined;
  /** copies that were not as they should be, by whom */
  readonly wrong: readonly string[];
};

export type Given = { readonly work: string; readonly runs: number; readonly scale: number };

/** The state is that of the tree and the route alone; the best of the runs of each counts. */
export function measureCell(names: readonly [TreeName, RouteName], route: Route, given: Given): Cell {
  const [name, routeName] = names;
  const { work, scale } = given;
  const tree: Tree = trees[name];
  const [source, old] = [join(work, 'source'), join(work, 'old')];
  tree.make(source, scale);
  if (tree.change) {
    execFileSync('cp', ['-a', source, old]);
    tree.change(source);
  }
  const way = route.wayOf({ work, source, isUpdate: tree.change !== undefined });
  const bring = () => {
    way.clear();
    if (tree.change) execFileSync('cp', ['-a', old, way.seen]);
  };
  const wrong: string[] = [];
  const contest = { ...given, way, source, bring, wrong, mostMs: mostPatienceMs };
  const [state, other] = [join(work, 'state'), join(work, 'state-forced')];
  const autos = repeat(given.runs + 1, () => ours(contest, state, []));
  const auto = least(autos.slice(1).map(({ ms }) => ms));
  const others = {
    ...contest,
    mostMs: Math.min(mostPatienceMs, Math.max(leastPatienceMs, Math.ceil(4 * auto))),
  };
  const forced = way.forced.map((strategy) => ({
    name: strategy,
    ms: least(repeat(given.runs, () => ours(others, other, ['--strategy', strategy]).ms)),
  }));
  const byHand = way.byHand.map((hand) => ({
    name: hand.name,
    ms: least(repeat(given.runs, () => timed(others, hand.argv, hand.name))),
  }));
  way.clear();
  remove(source, old, state, other);
  return {
    tree: name,
    route: routeName,
    scale,
    auto,
    forced: forced.filter(isDone),
    byHand: byHand.filter(isDone),
    cold: autos[0]!.ratio,
    second: autos[1]!.ratio,
    wrong: [...new Set(wrong)],
  };
}

function isDone({ ms }: Took): boolean {
  return Number.isFinite(ms);
}

/** Who takes several times as long as we do is stopped, and does not count; not before that. */
const leastPatienceMs = 10_000;
const mostPatienceMs = 600_000;

type Contest = Given & {
  readonly way: Way;
  readonly source: string;
  readonly bring: () => void;
  readonly wrong: string[];
  readonly mostMs: number;
};

type Ours = { readonly ms: number; readonly ratio: number | undefined };

function ours(contest: Contest, state: string, flags: readonly string[]): Ours {
  const { way, source } = contest;
  const words = [
    'transfer',
    '--json',
    '--progress',
    'none',
    '--state-dir',
    state,
    ...flags,
    source,
    way.dest,
  ];
  const name = ['difpipe', ...flags].join(' ');
  let ratio: number | undefined;
  const ms = timed(contest, [...way.env, difpipe, ...words], name, (stdout) => {
    const said = JSON.parse(stdout.trim().split('\n').at(-1)!) as { predictedMs: number; elapsedMs: number };
    ratio = said.predictedMs / said.elapsedMs;
  });
  return { ms, ratio };
}

function timed(
  { bring, way, source, wrong, mostMs }: Contest,
  [program, ...args]: readonly string[],
  name: string,
  heard: (stdout: string) => void = () => undefined,
): number {
  bring();
  const startMs = performance.now();
  const { status, stdout, stderr, error } = spawnSync(program!, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    timeout: mostMs,
  });
  const ms = performance.now() - startMs;
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT' && mostMs < mostPatienceMs)
    return Number.POSITIVE_INFINITY;
  if (status !== 0) {
    wrong.push(`${name} ended with ${status}: ${stderr.slice(-300)}`);
    return Number.POSITIVE_INFINITY;
  }
  heard(stdout);
  const isPlain = fs.existsSync(join(way.seen, '.'));
  const found = isPlain && !way.dest.startsWith('s3:') ? differences(source, way.seen, 'content') : undefined;
  if (found) wrong.push(`${name}: ${found.slice(0, 200)}`);
  return ms;
}

function repeat<T>(times: number, act: () => T): T[] {
  return Array.from({ length: times }, act);
}

function least(numbers: readonly number[]): number {
  return Math.min(...numbers);
}
