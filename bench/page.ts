/** Puts what was measured into docs/performance.md, between the marks that say where; the rest of the page is ours. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { overview } from './overview.ts';
import { root } from './tools.ts';

const path = join(root, 'docs/performance.md');

/** Replaces the blocks of these names; throws where the page has no such marks. */
export function updatePage(blocks: ReadonlyMap<string, readonly string[]>): void {
  let page = fs.readFileSync(path, 'utf8');
  for (const [name, lines] of blocks) page = replaced(page, name, lines);
  fs.writeFileSync(path, withOverview(page));
}

/** The list of all verdicts is made of the tables that follow it. */
function withOverview(page: string): string {
  const below = page.slice(page.indexOf('<!-- end -->'));
  return replaced(page, 'all', overview(below));
}

function replaced(page: string, name: string, lines: readonly string[]): string {
  const [open, shut] = [`<!-- measured: ${name} -->`, '<!-- end -->'];
  const start = page.indexOf(open);
  const end = page.indexOf(shut, start);
  if (start < 0 || end < 0) throw new Error(`${path} has no ${open} … ${shut}`);
  return `${page.slice(0, start + open.length)}\n\n${lines.join('\n')}\n\n${page.slice(end)}`;
}
