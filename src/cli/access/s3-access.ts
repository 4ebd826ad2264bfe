/**
 * How the person gets into object stores: flags for both ends, variables for each. What neither says is found as
 * AWS's own programs find it.
 */
import { type Command, Option } from 'commander';
import { TransferError } from '../../errors.ts';
import { uploadBook } from '../../journal/uploads.ts';
import type { S3Place } from '../../location/location.ts';
import type { EndName } from '../../store/open.ts';
import type { S3AccessOf } from '../../store/opener.ts';
import type { Keys, S3Access } from '../../store/s3/access.ts';
import { type Configured, configFile, mustBeJson, unconfigured } from '../config/file.ts';
import { textOfWord } from '../words/values.ts';
import { ownProxies } from './proxies.ts';
import { keyFlag, keyFrom, keyInFile } from './s3-key.ts';
import { payerFlag, type WishFlags, wishesOf } from './s3-wishes.ts';
import { taken } from './taken.ts';

export type S3Flags = WishFlags & {
  readonly s3Endpoint?: string;
  readonly s3Region?: string;
  readonly s3Profile?: string;
  readonly s3SseCKeyFile?: string;
  readonly config?: string;
};

const prefixes = { source: 'DIFPIPE_SOURCE_', dest: 'DIFPIPE_DEST_' } as const satisfies Record<
  EndName,
  string
>;

const keyNames = { source: `${prefixes.source}S3_SSE_C_KEY`, dest: `${prefixes.dest}S3_SSE_C_KEY` } as const;

/** For who reads or writes objects. */
export function s3Flags(command: Command): Command {
  return serviceFlags(command).addOption(
    new Option(
      `${keyFlag} <file>`,
      'a key of yours, which the service encrypts with: 32 bytes, or base64 or hex of them, mode 0600 ' +
        `(also ${keyNames.source}, ${keyNames.dest})`,
    ),
  );
}

/** For who only asks the service about its uploads. */
export function serviceFlags(command: Command): Command {
  command
    .optionsGroup('Object stores:')
    .addOption(new Option('--config <file>', 'what is to be known of places, as JSON (also DIFPIPE_CONFIG)'))
    .addOption(new Option('--s3-endpoint <url>', 'the service that speaks S3 (also AWS_ENDPOINT_URL_S3)'))
    .addOption(new Option('--s3-region <name>', 'where its buckets are (also AWS_REGION)'))
    .addOption(
      new Option('--s3-profile <name>', "whose credentials of AWS's files are used (also AWS_PROFILE)"),
    );
  return payerFlag(command);
}

/** What a place is opened for; nobody to warn: no manifest is looked for. */
type Opening = {
  readonly stateDir?: string;
  readonly dryRun?: boolean;
  readonly warn?: (message: string, hint?: string) => void;
};

/**
 * Reads the environment at once: secrets of one end are taken out of it, so that no child inherits them. Throws 'usage'
 * where a file of settings that was named cannot be read, or is no JSON.
 */
export function s3AccessOf(flags: S3Flags, { stateDir, dryRun, warn }: Opening = {}): S3AccessOf {
  if (flags.config !== undefined) mustBeJson(configFile(flags.config)!); // who names one wants it, also where it says nothing of the place
  const uploads = stateDir === undefined ? undefined : uploadBook(stateDir);
  const secrets = { source: secretsOf('source'), dest: secretsOf('dest') };
  return async (place, end) => {
    const configured = await configuredFor(place, flags);
    const all = { ...configured.flags, ...flags };
    const access = accessOf(end, all);
    const { keys = configured.keys ?? sharedKeys(access), customerKey = customerKeyIn(all) } = secrets[end];
    if (customerKey && access.wishes.sse !== undefined)
      throw new TransferError('usage', 'encrypt with --s3-sse or with a key of yours, not with both');
    if (dryRun && end === 'dest' && (customerKey ?? access.wishes.sse)) warn?.(...untried(place));
    const book = async () => {
      const { manifestBook } = await import('../../journal/manifests.ts');
      return manifestBook(end === 'dest' && !dryRun ? stateDir : undefined);
    };
    const isAsked = end === 'dest' && access.wishes.manifest === true;
    const isRead = end === 'source' || stateDir === undefined;
    const manifest = warn && { isAsked, isRead, book, warn };
    return { ...access, keys, customerKey, proxies: ownProxies(), uploads, tell: warn, manifest };
  };
}

/** It would take an object there. */
function untried({ bucket }: S3Place): [message: string, hint: string] {
  const message = `whether the service of s3://${bucket} encrypts is not tried out by a dry run`;
  return [message, 'the run itself is refused where it does not'];
}

async function configuredFor(place: S3Place, { config }: S3Flags): Promise<Configured> {
  const file = configFile(config);
  if (!file) return unconfigured;
  const { configuredFor } = await import('../config/config.ts');
  return configuredFor(place, file);
}

function accessOf(
  end: EndName,
  flags: S3Flags,
): Pick<S3Access, 'endpoint' | 'surrounding' | 'region' | 'profile' | 'caFile' | 'wishes'> {
  const own = (name: string) => process.env[prefixes[end] + name] || undefined;
  const word = (flag: string | undefined) => (flag === undefined ? undefined : textOfWord(flag));
  return {
    endpoint: own('AWS_ENDPOINT_URL_S3') ?? own('AWS_ENDPOINT_URL') ?? word(flags.s3Endpoint),
    surrounding: surrounding(process.env),
    region:
      own('AWS_REGION') ??
      word(flags.s3Region) ??
      (process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined),
    profile: own('AWS_PROFILE') ?? word(flags.s3Profile),
    caFile: own('AWS_CA_BUNDLE') ?? (process.env.AWS_CA_BUNDLE || undefined),
    wishes: wishesOf(flags),
  };
}

function surrounding(env: NodeJS.ProcessEnv): S3Access['surrounding'] {
  return {
    endpoint: env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined,
    isIgnored: trueOrFalse(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS),
  };
}

function trueOrFalse(word: string | undefined): boolean | undefined {
  return word ? word.toLowerCase() === 'true' : undefined;
}

/** What is asked for what is written to a place, by flags and by the file of settings; no secret is taken away. */
export async function askedOfWritten(
  place: S3Place,
  flags: S3Flags,
): Promise<Pick<S3Access, 'wishes' | 'customerKey'>> {
  const all = { ...(await configuredFor(place, flags)).flags, ...flags };
  const given = process.env[keyNames.dest];
  const customerKey = given ? keyFrom(Buffer.from(given), keyNames.dest) : customerKeyIn(all);
  return { customerKey, wishes: { ...wishesOf(all), requesterPays: flags.s3RequesterPays } };
}

type Secrets = { readonly keys: Keys | undefined; readonly customerKey: Uint8Array | undefined };

function secretsOf(end: EndName): Secrets {
  const [accessKeyId, secretAccessKey, sessionToken] = [
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
  ].map((name) => taken(prefixes[end] + name));
  const keys = accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey, sessionToken } : undefined;
  const given = taken(keyNames[end]);
  const customerKey = given === undefined ? undefined : keyFrom(Buffer.from(given), keyNames[end]);
  return { keys, customerKey };
}

/**
 * Those of the environment go before a profile that it names, as with AWS's own programs; AWS's library, which need not be
 * loaded for them, has it the other way round.
 */
function sharedKeys({ profile }: Pick<S3Access, 'profile'>): Keys | undefined {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (profile !== undefined || !AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN || undefined,
  };
}

function customerKeyIn({ s3SseCKeyFile: path }: S3Flags): Uint8Array | undefined {
  return path === undefined ? undefined : keyInFile(textOfWord(path));
}
