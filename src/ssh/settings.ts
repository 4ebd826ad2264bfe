/**
 * What ssh_config says about one host: of every keyword the first value that is met, of IdentityFile all.
 *
 * Host, Match (all, host, originalhost, user, localuser) and Include are understood. A Match that asks for
 * anything else, such as exec, is passed over: nothing of its block counts.
 */
import { type ConfigLine, configLines } from './config-lines.ts';
import { matchesList } from './pattern.ts';

export type Asked = {
  /** as the person typed it */
  readonly host: string;
  readonly user: string | undefined;
  readonly localUser: string;
};

export type ConfigText = {
  readonly text: string;
  /** the files that an Include in this one means */
  readonly include: (pattern: string) => readonly ConfigText[];
};

/** Arguments by keyword in small letters. */
export type Settings = ReadonlyMap<string, readonly string[]>;

const deepest = 16; // Includes in Includes, as in ssh

/** Reads the files in their order: what the first says stands. */
export function settingsFor(asked: Asked, files: readonly ConfigText[]): Settings {
  const found = new Map<string, readonly string[]>();
  for (const file of files) take(file, asked, found, 0);
  return found;
}

type Found = Map<string, readonly string[]>;

function take(file: ConfigText, asked: Asked, found: Found, depth: number): void {
  let isMeant = true;
  for (const line of configLines(file.text)) {
    if (line.keyword === 'host') isMeant = matchesList(asked.host, line.args);
    else if (line.keyword === 'match') isMeant = isMatch(line.args, asked, found);
    else if (isMeant && line.keyword === 'include') {
      if (depth < deepest)
        for (const inner of line.args.flatMap(file.include)) take(inner, asked, found, depth + 1);
    } else if (isMeant) keep(line, found);
  }
}

const rivals: Readonly<Record<string, string>> = { proxyjump: 'proxycommand', proxycommand: 'proxyjump' };

function keep({ keyword, args }: ConfigLine, found: Found): void {
  const before = found.get(keyword);
  if (keyword === 'identityfile') found.set(keyword, [...(before ?? []), ...args.slice(0, 1)]);
  else if (before === undefined && !found.has(rivals[keyword] ?? '')) found.set(keyword, args);
}

function isMatch(args: readonly string[], asked: Asked, found: Found): boolean {
  const words = args.flatMap((arg) => /^(!?\w+)=(.*)$/s.exec(arg)?.slice(1) ?? [arg]);
  for (let at = 0; at < words.length; ) {
    const isNegated = words[at]!.startsWith('!');
    const word = words[at]!.toLowerCase().replace(/^!/, '');
    const verdict = criterion(word, words[at + 1] ?? '', asked, found);
    if (verdict === undefined || verdict === isNegated) return false;
    at += word === 'all' ? 1 : 2;
  }
  return words.length > 0;
}

/** Undefined where we do not know how to tell. */
function criterion(word: string, list: string, asked: Asked, found: Found): boolean | undefined {
  const patterns = list.split(',');
  switch (word) {
    case 'all':
      return true;
    case 'host':
      return matchesList(hostOf(asked, found), patterns);
    case 'originalhost':
      return matchesList(asked.host, patterns);
    case 'user':
      return matchesList(asked.user ?? found.get('user')?.[0] ?? asked.localUser, patterns);
    case 'localuser':
      return matchesList(asked.localUser, patterns);
    default:
      return undefined;
  }
}

/** The host to connect to, as far as it is known. */
export function hostOf(asked: Asked, settings: Settings): string {
  const name = settings.get('hostname')?.[0];
  return name === undefined ? asked.host : name.replace(/%([h%])/g, (_, c) => (c === 'h' ? asked.host : '%'));
}
