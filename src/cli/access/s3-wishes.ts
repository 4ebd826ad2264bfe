/** What a service is to do with what is written to it: flags, checked before anything is asked of it. */
import { type Command, Option } from 'commander';
import { TransferError } from '../../errors.ts';
import type { Location } from '../../location/location.ts';
import type { S3Wishes } from '../../store/s3/access.ts';
import { oneOf, textOfWord } from '../words/values.ts';

const seals = ['AES256', 'aws:kms', 'aws:kms:dsse'] as const;

const acls = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
] as const;

export type WishFlags = {
  readonly s3Sse?: S3Wishes['sse'];
  readonly s3SseKmsKeyId?: string;
  readonly s3StorageClass?: string;
  readonly s3Acl?: string;
  readonly s3Tags?: string;
  readonly s3RequesterPays?: boolean;
  readonly s3Manifest?: boolean;
};

const mostTags = 10;

/** Each as it may be typed. They throw 'usage'. */
export const readWish = {
  s3Sse: oneOf('--s3-sse', seals),
  s3SseKmsKeyId: checked('--s3-sse-kms-key-id', /^[!-~]{1,2048}$/, 'the id, the ARN or the alias of a key'),
  s3StorageClass: checked('--s3-storage-class', /^[A-Z0-9_-]{1,64}$/, 'a class such as STANDARD_IA'),
  s3Acl: oneOf('--s3-acl', acls),
  s3Tags: tagsOf,
} as const satisfies Partial<Record<keyof WishFlags, (word: string) => string>>;

/** For verbs that write. */
export function wishFlags(command: Command): Command {
  const { s3Sse, s3SseKmsKeyId, s3StorageClass, s3Acl, s3Tags } = readWish;
  const sealing = new Option('--s3-sse <how>', 'the service encrypts what it keeps').choices(seals);
  const opening = new Option('--s3-acl <acl>', 'who else may read or write it').choices(acls);
  const storing = new Option('--s3-storage-class <class>', 'STANDARD_IA, GLACIER_IR and what else it has');
  return command
    .optionsGroup('Object stores:')
    .addOption(sealing.argParser(s3Sse))
    .addOption(new Option('--s3-sse-kms-key-id <key>', 'with this key of its own').argParser(s3SseKmsKeyId))
    .addOption(storing.argParser(s3StorageClass))
    .addOption(opening.argParser(s3Acl))
    .addOption(new Option('--s3-tags <tags>', 'tags of every object, as k=v&k2=v2').argParser(s3Tags))
    .addOption(
      new Option(
        '--s3-manifest',
        'keep hard links, special files and what else no object holds in one beside them; used where there is one',
      ),
    );
}

/** For verbs that read, too. */
export function payerFlag(command: Command): Command {
  return command.addOption(new Option('--s3-requester-pays', 'you pay for what is asked, not its owner'));
}

/** Throws 'usage' where one wish contradicts another. */
export function wishesOf(flags: WishFlags): S3Wishes {
  const { s3Sse: sse, s3SseKmsKeyId: sseKmsKeyId } = flags;
  if (sseKmsKeyId !== undefined && !sse?.startsWith('aws:kms'))
    throw new TransferError('usage', '--s3-sse-kms-key-id needs a service that encrypts with such keys', {
      hint: 'give --s3-sse aws:kms too',
    });
  return {
    sse,
    sseKmsKeyId,
    storageClass: flags.s3StorageClass,
    acl: flags.s3Acl,
    tags: flags.s3Tags,
    requesterPays: flags.s3RequesterPays,
    manifest: flags.s3Manifest,
  };
}

/** The flags that ask for it: what a run remembers, unless this time something else is said. */
export function withWishes<T extends WishFlags>(wishes: S3Wishes, now: T): T {
  const { sse, sseKmsKeyId, storageClass, acl, tags, requesterPays, manifest } = wishes;
  const before: WishFlags = {
    ...(sse !== undefined && { s3Sse: sse }),
    ...(sseKmsKeyId !== undefined && { s3SseKmsKeyId: sseKmsKeyId }),
    ...(storageClass !== undefined && { s3StorageClass: storageClass }),
    ...(acl !== undefined && { s3Acl: acl }),
    ...(tags !== undefined && { s3Tags: tags }),
    ...(requesterPays !== undefined && { s3RequesterPays: requesterPays }),
    ...(manifest !== undefined && { s3Manifest: manifest }),
  };
  return { ...before, ...now };
}

/** Throws 'usage' where the flags are for another place than the one that is written to. */
export function mustReach({ kind }: Location, flags: WishFlags): void {
  const { requesterPays: _, ...written } = wishesOf(flags);
  if (kind === 's3' || Object.values(written).every((wish) => wish === undefined)) return;
  throw new TransferError('usage', 'the flags that begin with --s3- are for a bucket: DEST is none', {
    hint: 'leave them out, or write DEST as s3://bucket/prefix',
  });
}

function checked(flag: string, form: RegExp, expected: string): (word: string) => string {
  return (word) => {
    if (form.test(word)) return word;
    throw new TransferError('usage', `${flag} cannot be '${textOfWord(word)}'`, {
      hint: `expected ${expected}`,
    });
  };
}

/** As they are sent: a query, escaped anew. */
function tagsOf(word: string): string {
  const tags = [...new URLSearchParams(textOfWord(word))];
  const names = new Set(tags.map(([name]) => name));
  const isGood = tags.every(([name, value]) => /^.{1,128}$/u.test(name) && /^.{0,256}$/u.test(value));
  if (tags.length === 0 || tags.length > mostTags || names.size < tags.length || !isGood)
    throw new TransferError('usage', `--s3-tags cannot be '${textOfWord(word)}'`, {
      hint: `expected k=v&k2=v2, ${mostTags} at most, each name once`,
    });
  return tags.map((tag) => tag.map(encodeURIComponent).join('=')).join('&');
}
