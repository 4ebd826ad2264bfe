/** What rsync says on standard error, as failures of entries. */
import type { Kind } from '../../../errors.ts';
import type { Topic } from '../../../report/events.ts';
import { printable } from '../../../report/show.ts';
import { unescaped } from './escape.ts';
import { type InOurWords, inOurWords } from './in-our-words.ts';

export type Complaint = {
  readonly kind: Kind;
  /** what is not kept, where only that is lost */
  readonly topic: Topic | undefined;
  readonly message: string;
  /** the same said of one entry, where that can be */
  readonly ofEntry: InOurWords | undefined;
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
const ourNames = /(?<=")(?:[^"]*\/)?\.difpipe-[0-9a-f]+-rsync\/|\/proc\/self\/fd\/\d+\//g;
/** What it was doing: the first word, which no name of an entry can be. */
const doing: Readonly<Partial<Record<Topic, RegExp>>> = {
  owner: /^(chown|chgrp) /,
  mode: /^failed to set permissions on /,
  times: /^failed to set times on /,
  special: /^mknod /,
  xattr: /^(rsync_xal_set|set_xattr_acl|copy_xattrs|get_xattr_names|get_xattr_data): /,
  acl: /^(set_acl|get_acl|unpack_smb_acl|pack_smb_acl|store_access_in_entry|sacl_to_entries|change_sacl_perms)\b/,
};
/** Names in these stand without quotes. */
const ofAcl = /^\w+_acl: \w+\((.*?)(?:, ACL_TYPE_\w+)?\): [^()]* \(\d+\)$/s;
const madeNoWay = /^could not make way for [\w -]+: (.*)$/s;
const inRoom = /\.difpipe-[0-9a-f]+-rsync\//;
const mountless = /\(in [^)]*\)/g;

/** Undefined for a line that says nothing of its own. */
export function readComplaint(text: string): Complaint | undefined {
  const said = text.trim();
  if (said === '' || last.test(said)) return undefined;
  const errno = Number(number.exec(said)?.[1] ?? 0);
  const bare = said.replace(/^rsync: (\[\w+\] )?/, ''); // without who of them said it
  return {
    kind: kindOf(bare, errno),
    topic: topicOf(bare, errno),
    message: plain(bare),
    ofEntry: inOurWords(bare, errno),
    paths: pathsIn(bare),
  };
}

function pathsIn(bare: string): string[] {
  const unquoted = madeNoWay.exec(bare)?.[1] ?? ofAcl.exec(bare)?.[1];
  if (unquoted !== undefined) return [unescaped(unquoted)];
  return [...bare.replace(mountless, '').matchAll(quoted)].map(([, path]) => unescaped(path!));
}

function kindOf(bare: string, errno: number): Kind {
  if (/^file has vanished: /.test(bare)) return 'missing';
  if (/^(ERROR|WARNING): .* failed verification -- /s.test(bare)) return 'changed';
  if (/^could not make way |^cannot delete non-empty /.test(bare)) return 'conflict';
  if (errno === 30 && inRoom.test(bare)) return 'readonly'; // where every file comes first
  return kinds[errno] ?? 'io';
}

function topicOf(bare: string, errno: number): Topic | undefined {
  if (errno !== 1 && errno !== 95 && errno !== 22) return undefined;
  const topics = Object.keys(doing) as (keyof typeof doing)[];
  return topics.find((topic) => doing[topic]!.test(bare));
}

/** Printable, and without our names for the ends. */
function plain(bare: string): string {
  return printable(Buffer.from(bare.replace(ourNames, ''), 'latin1').toString('utf8'));
}
