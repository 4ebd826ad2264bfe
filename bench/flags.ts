/** What `npm run bench -- …` was asked to do. */
import { parseArgs } from 'node:util';

export type Flags = {
  readonly rows: readonly string[];
  /** counted rounds, after one that is not */
  readonly runs: number;
  /** all sizes times this: 1 is what the targets are about */
  readonly scale: number;
  /** where trees, copies and state live; a file system in memory */
  readonly dir: string;
  readonly update: boolean;
};

export const usage = `npm run bench -- [options], or npm run bench -- matrix [--help]
  --rows a,b    only these: ROWS
  --runs N      counted rounds after the warm-up (5)
  --scale X     every size times X, for a quick look (1)
  --dir DIR     where trees and copies are made (/dev/shm)
  --update      write what was measured into docs/performance.md`;

/** Throws a TypeError for what it does not know. */
export function readFlags(known: readonly string[]): Flags | 'help' {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: known.join(',') },
      runs: { type: 'string', default: '5' },
      scale: { type: 'string', default: '1' },
      dir: { type: 'string', default: '/dev/shm' },
      update: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const rows = values.rows.split(',');
  const unknown = rows.find((row) => !known.includes(row));
  if (unknown !== undefined) throw new TypeError(`there is no row ${unknown}; there are ${known.join(', ')}`);
  if (values.update && values.scale !== '1')
    throw new TypeError('--update takes whole sizes: leave --scale out');
  return {
    rows,
    runs: number(values.runs),
    scale: number(values.scale),
    dir: values.dir,
    update: values.update,
  };
}

function number(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new TypeError(`${text} is not a number above 0`);
  return value;
}
