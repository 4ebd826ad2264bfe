/** The one place that turns what rclone says into a kind, a sentence and a hint. */
import { type Kind, TransferError } from '../../errors.ts';
import { printable } from '../../report/show.ts';
import { Refusal } from './refusal.ts';

export type Doing = 'read' | 'write' | 'make' | 'list' | 'look at' | 'remove' | 'reach';

const longest = 300;

// rclone hands on what services say in their own words: the first that fits tells the kind.
const words: readonly (readonly [RegExp, Kind])[] = [
  [/didn't find (section|backend)|unknown (type|backend)|empty remote|bad remote/i, 'usage'],
  [
    /could not find default credentials|no authentication method|must be set|failed to configure|no valid credential/i,
    'usage',
  ],
  [/undecryptable/i, 'denied'],
  [/object not found|directory not found|no such file or directory|bucket not found|\b404\b/i, 'missing'],
  [/directory not empty|is a directory|not a directory|file exists|directory exists/i, 'conflict'],
  [/no space left|remaining disk space|quota|insufficient ?storage|disk full|out of space|\b507\b/i, 'full'],
  [/permission denied|access ?denied|forbidden|unauthori[sz]ed|read[- ]only|\b40[13]\b/i, 'denied'],
  [/unable to authenticate|login incorrect|invalid credentials|invalid_grant|empty token/i, 'denied'],
  [/file name too long|invalid (file ?)?name|illegal/i, 'unsupported'],
  [
    /not supported|unimplemented|not implemented|unsupported|can't (move|follow|transfer)|method not allowed/i,
    'unsupported',
  ],
  [/corrupted on transfer|hash(es)? differ|sizes differ/i, 'corrupt'],
  [/can't copy - source file is being updated/i, 'changed'],
  [/time(d )?out|refused|reset|\bEOF\b|closed|broken pipe|no such host|unreachable|try again/i, 'transient'],
  [/\b(408|425|429|500|502|503|504)\b|rate ?limit|slow ?down|too many requests|temporar/i, 'transient'],
];

const hints: Partial<Record<Kind, string>> = {
  usage: 'rclone config shows remotes and makes them; credentials may also be in the environment',
  denied: 'check the credentials of the remote with rclone config, and what they allow',
  full: 'make room there, then resume',
  conflict: 'move what is in the way, or choose another destination',
  unsupported: 'leave it out with --exclude, or choose another way there',
  missing: 'it may have been removed while the run went on: run again',
};

/** `what` is the place or entry, as a person reads it. */
export function trouble(doing: Doing, what: string, kind: Kind, why: string, cause?: unknown): TransferError {
  const hint = hints[kind];
  return new TransferError(kind, `cannot ${doing} ${what}: ${why}`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** A refusal as an error about this entry; anything else stays what it is. */
export function faultOf(error: unknown, doing: Doing, name: string): unknown {
  if (!(error instanceof Refusal)) return error;
  return trouble(doing, name, kindOf(error), `rclone says '${cleaned(error.message)}'`);
}

/** An entry that is not in a list, and why. What may pass fails like all else: the list is not asked for again. */
export function leftOut(name: string, why: string): TransferError {
  const kind = saidBy(why) ?? 'io';
  return trouble(
    'look at',
    name,
    kind === 'transient' ? 'io' : kind,
    `rclone leaves it out: '${cleaned(why)}'`,
  );
}

/** Whether what it says of a file is that the place is not reached, which is no matter of that file. */
export function isUnreached(said: string): boolean {
  return /connection refused|no such host|unreachable|no route to host|i\/o timeout|timed out/i.test(said);
}

function kindOf({ message, status }: Refusal): Kind {
  return saidBy(message) ?? (status === 404 ? 'missing' : 'io');
}

function saidBy(message: string): Kind | undefined {
  return words.find(([pattern]) => pattern.test(message))?.[1];
}

/** Fit for a person, and without what an address may hold of secrets. */
export function cleaned(message: string): string {
  const open = message
    .replace(/http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/\S*/g, 'the source') // what we lend
    .replace(/\/\/[^/\s"'@]*@/g, '//***@')
    .replace(/\?[^\s"']+/g, '?***')
    .replace(/((?:pass|secret|token|key)\w*["']?\s*[=:]\s*)\S+/gi, '$1***');
  return printable(open.length > longest ? `${open.slice(0, longest)}…` : open);
}
