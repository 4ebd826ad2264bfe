/**
 * How the person gets into object stores: flags for both ends, variables for each. What neither says is found as
 * AWS's own programs find it.
 */
import { type Command, Option } from 'commander';
import type { EndName } from '../store/open.ts';
import type { S3Access } from '../store/s3/access.ts';
import { textOfWord } from './values.ts';

export type S3Flags = {
  readonly s3Endpoint?: string;
  readonly s3Region?: string;
  readonly s3Profile?: string;
};

export function s3Flags(command: Command): Command {
  return command
    .optionsGroup('Object stores:')
    .addOption(new Option('--s3-endpoint <url>', 'the service that speaks S3 (also AWS_ENDPOINT_URL_S3)'))
    .addOption(new Option('--s3-region <name>', 'where its buckets are (also AWS_REGION)'))
    .addOption(
      new Option('--s3-profile <name>', "whose credentials of AWS's files are used (also AWS_PROFILE)"),
    );
}

const prefixes = { source: 'DIFPIPE_SOURCE_', dest: 'DIFPIPE_DEST_' } as const satisfies Record<
  EndName,
  string
>;

/** Reads the environment at once: secrets of one end are taken out of it, so that no child inherits them. */
export function s3AccessOf(flags: S3Flags): (end: EndName) => S3Access {
  const ends = { source: accessOf('source', flags), dest: accessOf('dest', flags) };
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
