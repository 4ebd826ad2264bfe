/**
 * The file that RevokedHostKeys names: keys, one on a line, or a list that ssh-keygen -k makes. As with ssh, nobody is let
 * pass by one that cannot be read.
 */
import { createHash } from 'node:crypto';
import { TransferError } from '../../errors.ts';
import { show } from '../../report/show.ts';
import { reasonOf } from '../../work/posix/errno.ts';
import { readSmall } from '../../work/read-small.ts';
import { Fields } from '../wire.ts';

const magic = Buffer.from('SSHKRL\n\0');
const sections = { certificates: 1, keys: 2, sha1: 3, sha256: 5, extension: 255 } as const;

/** Throws 'refused' where nobody can say. */
export function isRevokedIn(path: string, key: Uint8Array): boolean {
  try {
    const bytes = readSmall(path);
    const isMade = bytes.subarray(0, magic.length).equals(magic);
    return isMade ? isInMade(bytes.subarray(magic.length), key) : isListed(bytes, key);
  } catch (cause) {
    const why = cause instanceof RangeError ? 'it makes no sense' : reasonOf(cause);
    throw new TransferError('refused', `cannot read the revoked keys in ${show(Buffer.from(path))}: ${why}`, {
      cause,
      hint: 'look at RevokedHostKeys in ~/.ssh/config',
    });
  }
}

function isListed(bytes: Buffer, key: Uint8Array): boolean {
  const wanted = Buffer.from(key).toString('base64');
  const lines = bytes.toString('latin1').split('\n');
  return lines.some((line) => line.trim().split(/[ \t]+/)[1] === wanted && !line.trim().startsWith('#'));
}

function isInMade(bytes: Buffer, key: Uint8Array): boolean {
  const fields = new Fields(bytes);
  fields.number(); // the version of the format
  for (const _ of ['number', 'date', 'flags']) fields.long();
  for (const _ of ['reserved', 'comment']) fields.string();
  while (fields.isMore) {
    const wanted = memberFor(key, fields.byte());
    const members = new Fields(fields.string());
    while (wanted && members.isMore) if (members.string().equals(wanted)) return true;
  }
  return false;
}

/** What stands for a key in a section; undefined where none can. */
function memberFor(key: Uint8Array, section: number): Buffer | undefined {
  switch (section) {
    case sections.keys:
      return Buffer.from(key);
    case sections.sha1:
      return createHash('sha1').update(key).digest();
    case sections.sha256:
      return createHash('sha256').update(key).digest();
    case sections.certificates:
    case sections.extension:
      return undefined;
    default:
      throw new RangeError(`it has a section of kind ${section}`);
  }
}
