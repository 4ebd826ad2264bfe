/** The cells that were measured: those of this checkout, and those of the page, which come with it. */
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../tools.ts';
import type { Cell } from './cell.ts';

export type Kept = Cell & { readonly commit: string; readonly load: string };

const measured = join(root, 'node_modules/.cache/difpipe/matrix.json');
/** What docs/performance.md is made of: a cell that is not measured again stays as it is. */
const published = join(root, 'bench/matrix/cells.json');

/** What was measured here. */
export function kept(): Kept[] {
  return read(measured);
}

export function keep(cell: Kept): void {
  fs.mkdirSync(dirname(measured), { recursive: true });
  write(measured, replaced(kept(), [cell]));
}

/** What the page has, with what was measured here in its place. */
export function known(): Kept[] {
  return replaced(read(published), kept());
}

export function publish(cells: readonly Kept[]): void {
  write(published, cells);
}

function replaced(old: readonly Kept[], fresh: readonly Kept[]): Kept[] {
  const isSame = (one: Kept, other: Kept) => one.tree === other.tree && one.route === other.route;
  const added = fresh.filter((cell) => !old.some((one) => isSame(one, cell)));
  return [...old.map((one) => fresh.find((cell) => isSame(one, cell)) ?? one), ...added];
}

function read(path: string): Kept[] {
  return fs.existsSync(path) ? (JSON.parse(fs.readFileSync(path, 'utf8')) as Kept[]) : [];
}

function write(path: string, cells: readonly Kept[]): void {
  fs.writeFileSync(path, `${JSON.stringify(cells, undefined, 2)}\n`);
}
