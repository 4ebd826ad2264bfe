/** One cell of the matrix: one tree by one route, by difpipe as it likes, as it is told, and by hand. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { differences } from '../judge.ts';
import { difpipe } from '../tools.ts';
import { remove } from '../trees.ts';
import type { Route, RouteName, Way } from './routes.ts';
import { timed } from './timed.ts';
import { type Tree, type TreeName, trees } from './trees.ts';
import { inTurns, type Runner } from './turns.ts';

export type Took = { readonly name: string; readonly ms: number };

export type Cell = {
  readonly tree: TreeName;
  readonly route: RouteName;
  readonly scale: number;
  readonly auto: number;
  readonly forced: readonly Took[];
  readonly byHand: readonly Took[];
  /** what hardly anybody types, and is quick */
  readonly beyond: readonly Took[];
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
  const tree: Tree = trees[name];
  const [source, old] = [join(given.work, 'source'), join(given.work, 'old')];
  tree.make(source, given.scale);
  if (tree.change) {
    execFileSync('cp', ['-a', source, old]);
    tree.change(source);
  }
  const way = route.wayOf({ work: given.work, source, isUpdate: tree.change !== undefined });
  const bring = () => {
    way.clear();
    if (tree.change) execFileSync('cp', ['-a', old, way.seen]);
  };
  const found = compete({ ...given, way, source, bring, wrong: new Map() });
  way.clear();
  remove(source, old, ...states(given.work));
  return { tree: name, route: routeName, scale: given.scale, ...found };
}

type Contest = Given & {
  readonly way: Way;
  readonly source: string;
  readonly bring: () => void;
  /** of each who has run, what was wrong the first time */
  readonly wrong: Map<string, string | undefined>;
};

/** The first run of ours is cold, and does not count. */
function compete(contest: Contest): Omit<Cell, 'tree' | 'route' | 'scale'> {
  const { way, work, wrong } = contest;
  const [state, other] = states(work);
  const ratios: (number | undefined)[] = [];
  const auto = (mostMs: number) => ours(contest, { state: state!, flags: [], mostMs, ratios });
  const mostMs = patienceAfter(auto(mostPatienceMs));
  const forced: Runner[] = way.forced.map((strategy) => ({
    name: strategy,
    run: () => ours(contest, { state: other!, flags: ['--strategy', strategy], mostMs, ratios: [] }),
  }));
  const theirs = ({ name, argv }: Way['byHand'][number]): Runner => ({
    name,
    run: () => once(contest, { name, argv, mostMs }),
  });
  const runners: readonly Runner[] = [
    { name: 'auto', run: () => auto(mostMs) },
    ...forced,
    ...[...way.byHand, ...way.beyond].map(theirs),
  ];
  const least = inTurns(runners, contest.runs);
  const all = runners.map(({ name }, at) => ({ name, ms: least[at]! }));
  const among = (group: readonly { readonly name: string }[]) =>
    all.filter(({ name, ms }) => Number.isFinite(ms) && group.some((one) => one.name === name));
  return {
    auto: least[0]!,
    forced: among(forced),
    byHand: among(way.byHand),
    beyond: among(way.beyond),
    cold: ratios[0],
    second: ratios[1],
    wrong: [...wrong].flatMap(([name, what]) => (what ? [`${name}: ${what}`] : [])),
  };
}

function states(work: string): string[] {
  return [join(work, 'state'), join(work, 'state-forced')];
}

/** Who takes several times as long as we do is stopped, and does not count; not before that. */
const leastPatienceMs = 10_000;
const mostPatienceMs = 600_000;

function patienceAfter(ms: number): number {
  return Math.min(mostPatienceMs, Math.max(leastPatienceMs, Math.ceil(6 * ms)));
}

type Ours = {
  readonly state: string;
  readonly flags: readonly string[];
  readonly mostMs: number;
  /** gets what was predicted over what it took */
  readonly ratios: (number | undefined)[];
};

function ours(contest: Contest, { state, flags, mostMs, ratios }: Ours): number {
  const { way, source } = contest;
  const quiet = ['--json', '--progress', 'none'];
  const argv = [...way.env, difpipe, 'transfer', ...quiet, '--state-dir', state, ...flags, source, way.dest];
  const name = ['difpipe', ...flags].join(' ');
  return once(contest, { name, argv, mostMs }, (stdout) => {
    const said = JSON.parse(stdout.trim().split('\n').at(-1)!) as { predictedMs: number; elapsedMs: number };
    ratios.push(said.predictedMs / said.elapsedMs);
  });
}

type Attempt = { readonly name: string; readonly argv: readonly string[]; readonly mostMs: number };

/** The copy is judged the first time. */
function once(
  { bring, way, source, work, wrong }: Contest,
  { name, argv, mostMs }: Attempt,
  heard: (stdout: string) => void = () => undefined,
): number {
  bring();
  const found = timed(argv, work, mostMs);
  if (found.ended === 'badly') wrong.set(name, found.why);
  if (found.ended !== 'well') return Number.POSITIVE_INFINITY;
  heard(found.stdout);
  const isPlain = fs.existsSync(join(way.seen, '.')) && !way.dest.startsWith('s3:');
  if (!wrong.has(name))
    wrong.set(name, isPlain ? differences(source, way.seen, 'content')?.slice(0, 200) : undefined);
  return found.ms;
}
