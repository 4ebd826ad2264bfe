/**
 * How the person gets into object stores: flags for both ends, variables for each. What neither says is found as
 * AWS's own programs find it.
 */
import { type Command, Option } from 'commander';
import { TransferError } from '../errors.ts';
import { uploadBook } from '../journal/uploads.ts';
import type { EndName } from '../store/open.ts';
import type { S3Access } from '../store/s3/access.ts';
import { payerFlag, type WishFlags, wishesOf } from './s3-wishes.ts';
import { secretFile } from './secret-file.ts';
import { textOfWord } from './values.ts';

export type S3Flags = WishFlags & {
  readonly s3Endpoint?: string;
  readonly s3Region?: string;
  readonly s3Profile?: string;
  readonly s3SseCKeyFile?: string;
};

const prefixes = { source: 'DIFPIPE_SOURCE_', dest: 'DIFPIPE_DEST_' } as const satisfies Record<
  EndName,
  string
>;

const keyNames = { source: `${prefixes.source}S3_SSE_C_KEY`, dest: `${prefixes.dest}S3_SSE_C_KEY` } as const;

export function s3Flags(command: Command): Command {
  command
    .optionsGroup('Object stores:')
    .addOption(new Option('--s3-endpoint <url>', 'the service that speaks S3 (also AWS_ENDPOINT_URL_S3)'))
    .addOption(new Option('--s3-region <name>', 'where its buckets are (also AWS_REGION)'))
    .addOption(
      new Option('--s3-profile <name>', "whose credentials of AWS's files are used (also AWS_PROFILE)"),
    )
    .addOption(
      new Option(
        '--s3-sse-c-key-file <file>',
        'a key of yours, which the service encrypts with: 32 bytes, or base64 or hex of them, mode 0600 ' +
          `(also ${keyNames.source}, ${keyNames.dest})`,
      ),
    );
  return payerFlag(command);
}

/** Reads the environment at once: secrets of one end are taken out of it, so that no child inherits them. */
export function s3AccessOf(flags: S3Flags, stateDir?: string): (end: EndName) => S3Access {
  const uploads = stateDir === undefined ? undefined : uploadBook(stateDir);
  const ends = {
    source: { ...accessOf('source', flags), uploads },
    dest: { ...accessOf('dest', flags), uploads },
  };
  return (end) => ends[end];
}

function accessOf(end: EndName, flags: S3Flags): S3Access {
  const own = (name: string) => process.env[prefixes[end] + name] || undefined;
  const word = (flag: string | undefined) => (flag === undefined ? undefined : textOfWord(flag));
  const shared = process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL || undefined;
  return {
    endpoint: own('AWS_ENDPOINT_URL_S3') ?? own('AWS_ENDPOINT_URL') ?? word(flags.s3Endpoint) ?? shared,
    region:
      own('AWS_REGION') ??
      word(flags.s3Region) ??
      (process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined),
    profile: own('AWS_PROFILE') ?? word(flags.s3Profile),
    keys: keysOf(end),
    wishes: wishesOf(flags),
    customerKey: customerKeyOf(end, flags),
    uploads: undefined,
  };
}

function keysOf(end: EndName): S3Access['keys'] {
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].map(
    (name) => prefixes[end] + name,
  );
  const [accessKeyId, secretAccessKey, sessionToken] = names.map((name) => process.env[name] || undefined);
  for (const name of names) delete process.env[name];
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey, sessionToken } : undefined;
}

function customerKeyOf(end: EndName, { s3SseCKeyFile, s3Sse }: S3Flags): Uint8Array | undefined {
  const given = process.env[keyNames[end]] || undefined;
  delete process.env[keyNames[end]];
  if (given === undefined && s3SseCKeyFile === undefined) return undefined;
  if (s3Sse !== undefined) throw new TransferError('usage', 'encrypt with --s3-sse or with a key of yours');
  const [from, bytes] =
    given === undefined
      ? ['--s3-sse-c-key-file', secretFile(textOfWord(s3SseCKeyFile!), '--s3-sse-c-key-file', 'the key')]
      : [keyNames[end], Buffer.from(given)];
  return keyIn(bytes) ?? keyFails(from);
}

/** As its bytes, or written in hex or base64. */
function keyIn(bytes: Buffer): Uint8Array | undefined {
  if (bytes.length === 32) return bytes;
  const word = bytes.toString('latin1').trim();
  if (/^[0-9a-f]{64}$/i.test(word)) return Buffer.from(word, 'hex');
  return /^[A-Za-z0-9+/]{43}=$/.test(word) ? Buffer.from(word, 'base64') : undefined;
}

function keyFails(from: string): never {
  throw new TransferError('usage', `${from} gives no key`, {
    hint: 'expected 32 bytes, or 44 characters of base64, or 64 of hex: openssl rand -base64 32',
  });
}
