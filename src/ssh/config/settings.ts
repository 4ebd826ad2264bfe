/**
 * What ssh_config says about one host: of every keyword the first value that is met, of IdentityFile all.
 *
 * Host, Match and Include are understood, but for CanonicalizeHostname. Where a Match asks for what is not understood
 * (version, command, sessiontype), nothing of its block counts; if it says where to go, that is refused.
 */
import { TransferError } from '../../errors.ts';
import { printable } from '../../report/show.ts';
import { type ConfigLine, configLines } from './config-lines.ts';
import { asksForFinal, judge, type Known, type Verdict } from './match.ts';
import { matchesList } from './pattern.ts';

export type Asked = {
  /** as the person typed it */
  readonly host: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
  readonly localUser: string;
  readonly home: string;
};

export type ConfigText = {
  readonly text: string;
  /** the files that an Include in this one means */
  readonly include: (pattern: string) => readonly ConfigText[];
};

/** Arguments by keyword in small letters. */
export type Settings = ReadonlyMap<string, readonly string[]>;

const deepest = 16; // Includes in Includes, as in ssh

type Pass = {
  readonly asked: Asked;
  readonly found: Map<string, readonly string[]>;
  /** what Host lines mean */
  readonly host: string;
  readonly isFinal: boolean;
  readonly signal: AbortSignal;
  wantsFinal: boolean;
};

/**
 * Reads the files in their order: what the first says stands. Once more where `Match final` asks for it, by the name
 * that was found. May run commands, which the signal ends.
 */
export async function settingsFor(
  asked: Asked,
  files: readonly ConfigText[],
  signal: AbortSignal,
): Promise<Settings> {
  const found = new Map<string, readonly string[]>();
  const first: Pass = { asked, found, host: asked.host, isFinal: false, signal, wantsFinal: false };
  for (const file of files) await take(file, first, 0);
  if (!first.wantsFinal) return found;
  const host = hostOf(asked, found).toLowerCase();
  found.set('hostname', [host.replaceAll('%', '%%')]);
  for (const file of files) await take(file, { ...first, host, isFinal: true }, 0);
  return found;
}

async function take(file: ConfigText, pass: Pass, depth: number): Promise<void> {
  let block: Verdict = { isMeant: true };
  for (const line of configLines(file.text)) {
    if (line.keyword === 'host') block = { isMeant: matchesList(pass.host, line.args) };
    else if (line.keyword === 'match') block = await match(line.args, pass);
    else if (!block.isMeant) refuseUnknown(line, block, pass);
    else if (line.keyword !== 'include') keep(line, pass.found);
    else if (depth < deepest)
      for (const inner of line.args.flatMap(file.include)) await take(inner, pass, depth + 1);
  }
}

async function match(args: readonly string[], pass: Pass): Promise<Verdict> {
  pass.wantsFinal ||= asksForFinal(args);
  return judge(args, knownOf(pass), pass.signal);
}

function knownOf({ asked, found, isFinal }: Pass): Known {
  const one = (keyword: string) => found.get(keyword)?.[0];
  const host = hostOf(asked, found);
  return {
    host,
    originalHost: asked.host,
    user: asked.user ?? one('user') ?? asked.localUser,
    port: asked.port ?? Number(one('port') ?? 22),
    keyAlias: one('hostkeyalias') ?? host,
    jump: one('proxyjump') ?? '',
    tag: one('tag') ?? '',
    localUser: asked.localUser,
    home: asked.home,
    isFinal,
  };
}

const whereTo = ['hostname', 'port', 'user', 'proxyjump', 'proxycommand', 'hostkeyalias', 'include'];

function refuseUnknown({ keyword }: ConfigLine, { unknown }: Verdict, { found }: Pass): void {
  if (unknown === undefined || !whereTo.includes(keyword) || found.has(keyword)) return;
  const hint = 'write what is meant for this host into a Host block of ~/.ssh/config, above that Match';
  const sentence = `ssh_config lets 'Match ${unknown}' decide where to go, which is not understood here`;
  throw new TransferError('usage', printable(sentence), { hint });
}

const rivals: Readonly<Record<string, string>> = { proxyjump: 'proxycommand', proxycommand: 'proxyjump' };

/** Each line adds to what is tried. */
const severalTimes = ['identityfile', 'certificatefile'];

function keep({ keyword, args }: ConfigLine, found: Map<string, readonly string[]>): void {
  const before = found.get(keyword);
  if (severalTimes.includes(keyword))
    found.set(keyword, [...new Set([...(before ?? []), ...args.slice(0, 1)])]);
  else if (before === undefined && !found.has(rivals[keyword] ?? '')) found.set(keyword, args);
}

/** The host to connect to, as far as it is known. */
export function hostOf(asked: Pick<Asked, 'host'>, settings: Settings): string {
  const name = settings.get('hostname')?.[0];
  return name === undefined ? asked.host : name.replace(/%([h%])/g, (_, c) => (c === 'h' ? asked.host : '%'));
}
