/**
 * The file of settings for places: what a flag would say, and keys, for all that is below a bucket or a prefix of one.
 * Flags and variables of an end go before it. Nothing of its values is in a message.
 */
import { statSync } from 'node:fs';
import * as z from 'zod/mini';
import { TransferError } from '../../errors.ts';
import { formatLocation } from '../../location/format.ts';
import type { Location } from '../../location/location.ts';
import { parseLocation } from '../../location/parse.ts';
import { readWish } from '../access/s3-wishes.ts';
import { jsonIn } from '../words/json.ts';
import { type ConfigFile, type Configured, expected, unconfigured } from './file.ts';

// Loaded only where there is such a file: zod costs more time than everything else a small job does.

const word = z.optional(z.string().check(z.minLength(1)));

const place = z.strictObject({
  s3Endpoint: word,
  s3Region: word,
  s3Profile: word,
  s3Sse: word,
  s3SseKmsKeyId: word,
  s3SseCKeyFile: word,
  s3StorageClass: word,
  s3Acl: word,
  s3Tags: word,
  s3RequesterPays: z.optional(z.boolean()),
  s3Manifest: z.optional(z.boolean()),
  accessKeyId: word,
  secretAccessKey: word,
  sessionToken: word,
});

const config = z.strictObject({ places: z.record(z.string(), place) });

type PlaceConfig = z.infer<typeof place>;

/** What the file says of a place: the section with the longest name that it is below. Throws 'usage' and 'refused'. */
export function configuredFor(to: Location, { path, text }: ConfigFile): Configured {
  const { places } = checked(path, text);
  if (Object.values(places).some(hasSecret)) mustBePrivate(path);
  const name = Object.keys(places)
    .filter((prefix) => isBelow(to, prefix, path))
    .sort((a, b) => b.length - a.length)[0];
  return name === undefined ? unconfigured : configuredBy(places[name]!, `${name} in ${path}`);
}

function checked(path: string, text: string): z.infer<typeof config> {
  const result = config.safeParse(jsonIn(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const at = [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys : [])].join(': ');
  throw new TransferError('usage', `the configuration in ${path} is not as expected at ${at || 'its top'}`, {
    hint: expected,
  });
}

function hasSecret({ secretAccessKey, sessionToken }: PlaceConfig): boolean {
  return secretAccessKey !== undefined || sessionToken !== undefined;
}

function mustBePrivate(path: string): void {
  if ((statSync(path).mode & 0o077) === 0) return;
  throw new TransferError('refused', `others may read the keys in ${path}`, { hint: `chmod 600 ${path}` });
}

function isBelow(to: Location, prefix: string, path: string): boolean {
  const section = parseLocation(Buffer.from(prefix));
  if (section.kind !== 's3')
    throw new TransferError('usage', `the configuration in ${path} has a place that is no bucket`, {
      hint: 'expected s3://bucket/ or s3://bucket/prefix/',
    });
  const [inner, outer] = [to, section].map((one) => `${formatLocation(one).replace(/\/+$/, '')}/`);
  return inner!.startsWith(outer!);
}

function configuredBy(given: PlaceConfig, name: string): Configured {
  const { accessKeyId, secretAccessKey, sessionToken, s3RequesterPays, s3Manifest, ...words } = given;
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    throw new TransferError('usage', `the configuration of ${name} has one half of a key`, {
      hint: 'give accessKeyId and secretAccessKey, or neither',
    });
  const flags = Object.entries(words).map(([flag, text]) => {
    const asTyped = Buffer.from(text ?? '').toString('latin1');
    return [flag, readWish[flag as keyof typeof readWish]?.(asTyped) ?? asTyped] as const;
  });
  const keys =
    accessKeyId !== undefined && secretAccessKey !== undefined
      ? { accessKeyId, secretAccessKey, sessionToken }
      : undefined;
  const switches = {
    ...(s3RequesterPays !== undefined && { s3RequesterPays }),
    ...(s3Manifest !== undefined && { s3Manifest }),
  };
  return { flags: { ...Object.fromEntries(flags), ...switches }, keys };
}
