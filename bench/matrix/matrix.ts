/**
 * The matrix: every tree by every route, by difpipe as it likes, as it is told, and as a person would by hand.
 *
 * One cell after the other, kept in a file as they come, so that it may be measured in pieces; `--update` writes all that
 * are kept into docs/performance.md and docs/matrix.svg, where others stay as they are. `local` and `loopback` have no line between them.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { commit, load, machine } from '../machine.ts';
import { updatePage } from '../page.ts';
import { buildIfStale, root } from '../tools.ts';
import { remove } from '../trees.ts';
import { measureCell } from './cell.ts';
import { type Kept, keep, kept, known, publish } from './kept.ts';
import { pictureOf } from './picture.ts';
import { report } from './report.ts';
import { type RouteName, routes } from './routes.ts';
import { type TreeName, trees } from './trees.ts';

const usage = `npm run bench -- matrix [options]
  --cells a,b   only those whose name, TREE:ROUTE, begins or ends so; trees: ${Object.keys(trees).join(', ')};
                routes: ${Object.keys(routes).join(', ')}
  --scale X     every size times X (1)
  --runs N      of each program, in turns; the least counts (1)
  --again       cells that are kept too
  --dir DIR     where trees and copies are made (/dev/shm)
  --update      write all that are kept into docs/performance.md and docs/matrix.svg`;

export function matrix(args: readonly string[]): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cells: { type: 'string', default: ':' },
      scale: { type: 'string', default: '1' },
      runs: { type: 'string', default: '1' },
      again: { type: 'boolean', default: false },
      dir: { type: 'string', default: '/dev/shm' },
      update: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(usage);
  buildIfStale();
  const wanted = values.cells.split(',');
  const isWanted = (name: string) =>
    wanted.some((word) => word === ':' || name.startsWith(word) || name.endsWith(word));
  const given = { dir: values.dir, scale: Number(values.scale), runs: Number(values.runs) };
  for (const route of Object.keys(routes) as RouteName[]) {
    const names = (Object.keys(trees) as TreeName[]).filter((tree) => isWanted(`${tree}:${route}`));
    const left = names.filter((tree) => values.again || !isKept(tree, route, given.scale));
    if (left.length > 0) measureRoute(route, left, given);
  }
  const cells = known();
  console.log(report(cells).join('\n'));
  if (values.update) update(cells);
}

type Given = { readonly dir: string; readonly scale: number; readonly runs: number };

function measureRoute(name: RouteName, names: readonly TreeName[], { dir, scale, runs }: Given): void {
  const work = fs.mkdtempSync(join(dir, 'difpipe-matrix-'));
  try {
    using route = routes[name](work);
    if (!route) return console.log(`${name}: not measured, something it needs is missing`);
    for (const tree of names) {
      const cell = measureCell([tree, name], route, { work, scale, runs });
      keep({ ...cell, commit: commit(), load: load() });
      console.log(JSON.stringify(cell));
    }
  } finally {
    remove(work);
  }
}

function isKept(tree: TreeName, route: RouteName, scale: number): boolean {
  return kept().some((cell) => cell.tree === tree && cell.route === route && cell.scale === scale);
}

function update(cells: readonly Kept[]): void {
  publish(cells);
  const scales = [...new Set(cells.map(({ scale }) => scale))].join(', ');
  const [about] = machine('/dev/shm');
  fs.writeFileSync(join(root, 'docs/matrix.svg'), pictureOf(cells, `at scale ${scales}; ${about}`));
  updatePage(new Map([['matrix', report(cells)]]));
}
