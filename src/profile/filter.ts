/**
 * rsync's include and exclude rules: which entries of a tree are left out.
 *
 * The first rule that matches an entry decides; an entry that no rule matches is kept. Nothing below an
 * excluded directory is looked at: the walk must not descend into it. What a pattern matches is said in
 * filter-pattern.ts. Time grows with the length of the path times the number of wildcard rules, whatever the
 * patterns are; plain names cost one lookup however many there are.
 */
import { compilePattern, type Pattern } from './filter-pattern.ts';

/** `clear` forgets all rules before it and has no pattern. Patterns are text as a person typed it. */
export type Rule = { readonly action: 'include' | 'exclude' | 'clear'; readonly pattern: string };

type Wild = Extract<Pattern, { kind: 'wild' }> & { readonly rank: number };

/** The first rules for one plain name or path: for any entry, and for a directory. */
type First = { any: number; directory: number };

/** Takes the path relative to the root, its bytes decoded as latin1, without a slash at either end. */
export type Excluded = (path: string, isDirectory: boolean) => boolean;

/** What rules leave out; undefined where there are none, so that nobody has to make a path into text. */
export function excludedBy(rules: readonly Rule[]): Excluded | undefined {
  return rules.length > 0 ? compileRules(rules) : undefined;
}

/** Compiles a list of rules, in the order given, to a function that is true for what is excluded. */
export function compileRules(rules: readonly Rule[]): Excluded {
  const counted = rules.slice(rules.findLastIndex((rule) => rule.action === 'clear') + 1);
  if (counted.length === 0) return () => false;
  const excludes = counted.map((rule) => rule.action === 'exclude');
  const { names, paths, wilds } = sorted(counted);
  return (path, isDirectory) => {
    if (path === '') return false;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const plain = Math.min(rankIn(names, name, isDirectory), rankIn(paths, path, isDirectory));
    return excludes[firstWild(wilds, { path, name, isDirectory }, plain)] ?? false;
  };
}

function sorted(rules: readonly Rule[]) {
  const names = new Map<string, First>();
  const paths = new Map<string, First>();
  const wilds: Wild[] = [];
  for (const [rank, rule] of rules.entries()) {
    const pattern = compilePattern(rule.pattern);
    if (pattern.kind === 'wild') wilds.push({ ...pattern, rank });
    if (pattern.kind === 'name') note(names, pattern, rank);
    if (pattern.kind === 'path') note(paths, pattern, rank);
  }
  return { names, paths, wilds };
}

function note(
  map: Map<string, First>,
  { text, directoryOnly }: Extract<Pattern, { kind: 'name' | 'path' }>,
  rank: number,
): void {
  const first = map.get(text) ?? { any: Infinity, directory: Infinity };
  if (!directoryOnly) first.any = Math.min(first.any, rank);
  first.directory = Math.min(first.directory, rank);
  map.set(text, first);
}

function rankIn(map: Map<string, First>, key: string, isDirectory: boolean): number {
  if (map.size === 0) return Infinity;
  const first = map.get(key);
  if (first === undefined) return Infinity;
  return isDirectory ? first.directory : first.any;
}

type Candidate = { readonly path: string; readonly name: string; readonly isDirectory: boolean };

/** The rank of the first wildcard rule that matches and comes before `limit`, else `limit`. */
function firstWild(wilds: readonly Wild[], { path, name, isDirectory }: Candidate, limit: number): number {
  for (const wild of wilds) {
    if (wild.rank > limit) return limit;
    if (wild.directoryOnly && !isDirectory) continue;
    if (wild.matches(wild.nameOnly ? name : path, isDirectory)) return wild.rank;
  }
  return limit;
}
