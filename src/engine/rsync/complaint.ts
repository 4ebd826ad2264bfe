/** What rsync says on standard error, as failures of entries. */
import type { Kind } from '../../errors.ts';
import type { Topic } from '../../report/events.ts';
import { printable } from '../../report/show.ts';
import { unescaped } from './escape.ts';

export type Complaint = {
  readonly kind: Kind;
  /** what is not kept, where only that is lost */
  readonly topic: Topic | undefined;
  readonly message: string;
  /** every path it may be about, a character for each byte, as rsync calls it */
  readonly paths: readonly string[];
};

const kinds: Readonly<Record<number, Kind>> = {
  1: 'denied',
  2: 'missing',
  5: 'io',
  11: 'transient',
  12: 'full',
  13: 'denied',
  17: 'conflict',
  20: 'conflict',
  21: 'conflict',
  23: 'transient',
  24: 'transient',
  28: 'full',
  30: 'denied',
  36: 'unsupported',
  39: 'conflict',
  40: 'refused', // a symlink where a directory is to be
  95: 'unsupported',
  104: 'transient',
  122: 'full',
};

const last = /^(rsync error|cat): /;
const number = /\((\d+)\)$/;
const quoted = /"((?:[^"\\]|\\.)*)"/g;
const ourNames = /\/proc\/self\/fd\/\d+\/|(?<=")[^"]*\/\.difpipe-[0-9a-f]+-rsync\//g;
const madeNoWay = /^could not make way for [\w -]+: (.*)$/s;
const mountless = /\(in [^)]*\)/g;

/** Undefined for a line that says nothing of its own. */
export function readComplaint(text: string): Complaint | undefined {
  const said = text.trim();
  if (said === '' || last.test(said)) return undefined;
  const errno = Number(number.exec(said)?.[1] ?? 0);
  return {
    kind: kindOf(said, errno),
    topic: topicOf(said, errno),
    message: plain(said),
    paths: pathsIn(said),
  };
}

function pathsIn(said: string): string[] {
  const bare = madeNoWay.exec(said)?.[1];
  if (bare !== undefined) return [unescaped(bare)];
  return [...said.replace(mountless, '').matchAll(quoted)].map(([, path]) => unescaped(path!));
}

function kindOf(said: string, errno: number): Kind {
  if (/file has vanished/.test(said)) return 'missing';
  if (/failed verification/.test(said)) return 'changed';
  if (/could not make way|cannot delete non-empty|non-empty dir/.test(said)) return 'conflict';
  return kinds[errno] ?? 'io';
}

function topicOf(said: string, errno: number): Topic | undefined {
  const cannot = errno === 1 || errno === 95 || errno === 22;
  if (cannot && /\bmknod\b/.test(said)) return 'special';
  if (cannot && /xattr/.test(said)) return 'xattr';
  if (cannot && /\bacl/i.test(said)) return 'acl';
  return undefined;
}

/** Without who of them said it, and without our names for the ends. */
function plain(said: string): string {
  const bare = said.replace(/^rsync: (\[\w+\] )?/, '').replace(ourNames, '');
  return printable(Buffer.from(bare, 'latin1').toString('utf8'));
}
