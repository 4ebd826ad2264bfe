/**
 * Credentials, region and endpoint as AWS's own programs find them: environment, profiles, SSO, roles, containers,
 * instance metadata. The only importer of the SDK, which asks for them straight, whatever proxies there are.
 */
import type { SecureContext } from 'node:tls';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { getProfileName, loadSharedConfigFiles, type Profile } from '@smithy/core/config';
import { TransferError } from '../../../errors.ts';
import type { Proxies } from '../../../work/http/proxies.ts';
import type { Keys, S3Access } from '../access.ts';
import { authoritiesOf } from './authorities.ts';

export type Settled = {
  readonly endpoint: string | undefined;
  readonly region: string;
  /** undefined: nothing is asked over TLS */
  readonly authorities: SecureContext | undefined;
  readonly proxies: Proxies;
  /** tells one person from another, and is no secret */
  readonly who: string;
  /** Asked for each request: those that expire are renewed in time. Throws 'denied'. */
  readonly keys: () => Promise<Keys>;
  /** These have expired, whatever was said of them: they are looked for again. False where they can be no others. */
  readonly renew: (expired: Keys) => boolean;
};

const usualRegion = 'us-east-1';

/** Throws nothing of what is missing: a region is found out by asking, and keys when they are wanted. */
export async function settle(access: S3Access): Promise<Settled> {
  const { endpoint, region, profile, keys, caFile, proxies } = access;
  const configured = await profileOf(profile);
  const where = endpoint ?? configured.endpoint;
  const isPlain = where?.startsWith('http:') === true;
  return {
    endpoint: where,
    region: region ?? configured.region ?? usualRegion,
    authorities: isPlain ? undefined : authoritiesOf(caFile ?? configured.caFile),
    proxies,
    who: keys ? `key ${keys.accessKeyId}` : `profile ${profile ?? ''}`,
    ...(keys ? { keys: async () => keys, renew: () => false } : chained(profile)),
  };
}

/** The SDK says where it found them. */
type Found = Awaited<ReturnType<ReturnType<typeof defaultProvider>>> & {
  readonly $source?: Readonly<Record<string, string>>;
};

function chained(profile: string | undefined): Pick<Settled, 'keys' | 'renew'> {
  const how = { ...(profile !== undefined && { profile }) };
  let provide = defaultProvider(how);
  const renewable = new WeakMap<Keys, typeof provide>();
  const keys = async () => {
    const provider = provide;
    try {
      const { accessKeyId, secretAccessKey, sessionToken, $source }: Found = await provider();
      const found = { accessKeyId, secretAccessKey, sessionToken };
      if (!$source?.CREDENTIALS_ENV_VARS) renewable.set(found, provider);
      return found;
    } catch (cause) {
      throw new TransferError('denied', 'cannot find credentials for S3', {
        hint: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with --s3-profile',
        cause,
      });
    }
  };
  const renew = (expired: Keys) => {
    const provider = renewable.get(expired);
    if (!provider) return false;
    if (provider === provide) provide = defaultProvider({ ...how, ignoreCache: true }); // others wait for its answer
    return true;
  };
  return { keys, renew };
}

type Configured = Readonly<Record<'endpoint' | 'region' | 'caFile', string | undefined>>;

async function profileOf(given: string | undefined): Promise<Configured> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const name = getProfileName(given === undefined ? {} : { profile: given });
  const own: Profile = { ...configFile[name], ...credentialsFile[name] };
  if (given !== undefined && Object.keys(own).length === 0) throw noProfile(given);
  const services = own.services === undefined ? undefined : configFile[`services.${own.services}`];
  const endpoint = services?.['s3.endpoint_url'] ?? own.endpoint_url;
  return { endpoint, region: own.region, caFile: own.ca_bundle };
}

function noProfile(name: string): TransferError {
  return new TransferError('usage', `there is no AWS profile ${name}`, {
    hint: 'look at ~/.aws/config and ~/.aws/credentials',
  });
}
