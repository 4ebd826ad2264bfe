/** What rsync says of one entry, a line each, as `--out-format` asks for it. */
import type { Action, Topic } from '../../../report/events.ts';
import { unescaped } from './escape.ts';

export const itemFormat = '%i %b %n';

export type Item = {
  readonly kind: 'file' | 'directory' | 'symlink' | 'special';
  readonly action: Action;
  /** was not there before */
  readonly isNew: boolean;
  /** what differs of its metadata, where nothing else does */
  readonly lacks: readonly Topic[];
  /** sent or received for it */
  readonly wireBytes: number;
  /** a character for each byte; '' is the root */
  readonly path: string;
};

const kinds = { f: 'file', d: 'directory', L: 'symlink', D: 'special', S: 'special' } as const;
const line = /^([<>ch.])([fdLDS])(\S{9,}| {7,}) (\d+) (.*)$/s; // blanks where only its link is to be made

/** Undefined for any other line. */
export function readItem(text: string): Item | undefined {
  const [, how, type, flags, wire, name] = line.exec(text) ?? [];
  if (how === undefined) return undefined;
  const kind = kinds[type as keyof typeof kinds];
  const isNew = flags!.startsWith('+');
  const path = unescaped(name!).replace(kind === 'directory' ? /\/$/ : /$^/, '');
  return {
    kind,
    action: actionOf(how, kind, isNew),
    isNew,
    lacks: lacksOf(flags!),
    wireBytes: Number(wire),
    path: path === '.' ? '' : path,
  };
}

const letters = { t: 'times', T: 'times', p: 'mode', o: 'owner', g: 'owner', a: 'acl', x: 'xattr' } as const;

/** `..tp.....` says so of times and modes; what is before and between is of contents, and of access times. */
function lacksOf(flags: string): Topic[] {
  if (!/^\.\.[.tT][.p][.o][.g]\.[.a][.x]$/.test(flags)) return [];
  const lacking = [...flags].filter((letter) => letter !== '.') as (keyof typeof letters)[];
  return [...new Set(lacking.map((letter) => letters[letter]))];
}

function actionOf(how: string, kind: Item['kind'], isNew: boolean): Action {
  if (how === 'h') return 'link';
  if (how === '.') return 'repair';
  if (kind !== 'file') return 'make';
  return isNew ? 'copy' : 'update';
}

const leftOut = /^skipping non-regular file "(.*)"$/s;

/** The path of what rsync passes over, since it may not be made; undefined for any other line. */
export function readLeftOut(text: string): string | undefined {
  const name = leftOut.exec(text)?.[1];
  return name === undefined ? undefined : unescaped(name);
}

const progress = /^\s*(\d+)\s+\d+%/;

/** How many bytes of files went by so far, from a line of `--info=progress2`; undefined for any other. */
export function readProgress(text: string): number | undefined {
  const bytes = progress.exec(text)?.[1];
  return bytes === undefined ? undefined : Number(bytes);
}
