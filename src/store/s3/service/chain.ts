/**
 * Credentials, region and endpoint as AWS's own programs find them: environment, profiles, SSO, roles, containers,
 * instance metadata. The only importer of the SDK, which asks for them straight, whatever proxies there are.
 */
import type { SecureContext } from 'node:tls';
import { fromIni } from '@aws-sdk/credential-provider-ini';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { getProfileName, loadSharedConfigFiles, memoize, type Profile } from '@smithy/core/config';
import { TransferError } from '../../../errors.ts';
import type { Proxies } from '../../../work/http/proxies.ts';
import type { Keys, S3Access } from '../access.ts';
import { authoritiesOf } from './authorities.ts';
import { noCredentials } from './no-credentials.ts';

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
  const { region, profile, keys, caFile, proxies } = access;
  const configured = await profileOf(profile);
  const where = endpointOf(access, configured);
  const isPlain = where?.startsWith('http:') === true;
  return {
    endpoint: where,
    region: region ?? configured.region ?? usualRegion,
    authorities: isPlain ? undefined : authoritiesOf(caFile ?? configured.caFile),
    proxies,
    who: keys ? `key ${keys.accessKeyId}` : `profile ${profile ?? ''}`,
    ...(keys ? { keys: async () => keys, renew: () => false } : chained(configured, profile)),
  };
}

/** In the order of AWS's own programs. */
function endpointOf({ endpoint, surrounding }: S3Access, configured: Configured): string | undefined {
  if (endpoint !== undefined) return endpoint;
  if (surrounding.isIgnored ?? configured.ignoresEndpoints) return undefined;
  return surrounding.endpoint ?? configured.endpoint();
}

/** The SDK says where it found them. */
type Found = Awaited<ReturnType<ReturnType<typeof defaultProvider>>> & {
  readonly $source?: Readonly<Record<string, string>>;
};

type Provide = ReturnType<typeof defaultProvider>;

function chained({ name, lends }: Configured, given: string | undefined): Pick<Settled, 'keys' | 'renew'> {
  const how = { ...(given !== undefined && { profile: given }), logger: silent };
  const isOnly = lends && (given !== undefined || name !== 'default');
  const begin = (more = {}): Provide =>
    isOnly ? kept(fromIni({ ...how, ...more })) : defaultProvider({ ...how, ...more });
  let provide = begin();
  const renewable = new WeakMap<Keys, Provide>();
  const keys = async () => {
    const provider = provide;
    try {
      const { accessKeyId, secretAccessKey, sessionToken, $source }: Found = await provider();
      const found = { accessKeyId, secretAccessKey, sessionToken };
      if (!$source?.CREDENTIALS_ENV_VARS) renewable.set(found, provider);
      return found;
    } catch (cause) {
      const own = lends && !isOnly ? await fromIni(how)().catch((error: unknown) => error) : undefined;
      throw noCredentials([cause, own]);
    }
  };
  const renew = (expired: Keys) => {
    const provider = renewable.get(expired);
    if (!provider) return false;
    if (provider === provide) provide = begin({ ignoreCache: true }); // others wait for its answer
    return true;
  };
  return { keys, renew };
}

/** It warns on standard error of what is right. */
const silent = { debug() {}, info() {}, warn() {}, error() {} };

const soonMs = 300_000;

/** Asked for once, and again soon before they expire. */
function kept(provide: Provide): Provide {
  return memoize(
    provide,
    ({ expiration }) => expiration !== undefined && expiration.getTime() - Date.now() < soonMs,
    ({ expiration }) => expiration !== undefined,
  );
}

type Configured = Readonly<Record<'region' | 'caFile', string | undefined>> & {
  readonly name: string;
  /** Throws 'usage' where it is to be found and is not. */
  readonly endpoint: () => string | undefined;
  /** endpoints that are not typed count for nothing */
  readonly ignoresEndpoints: boolean;
  /** it says where credentials are: where that leads to none, those of somebody else are not looked for */
  readonly lends: boolean;
};

const lenders = [
  'aws_access_key_id',
  'credential_process',
  'login_session',
  'role_arn',
  'sso_account_id',
  'sso_session',
  'sso_start_url',
];

async function profileOf(given: string | undefined): Promise<Configured> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const name = getProfileName(given === undefined ? {} : { profile: given });
  const own: Profile = { ...configFile[name], ...credentialsFile[name] };
  if (given !== undefined && Object.keys(own).length === 0) throw noProfile(given);
  const services = own.services === undefined ? undefined : configFile[`services.${own.services}`];
  const endpoint = () => {
    if (own.services !== undefined && !services) throw noServices(name, own.services);
    return services?.['s3.endpoint_url'] ?? own.endpoint_url;
  };
  const lends = lenders.some((word) => own[word] !== undefined);
  const ignoresEndpoints = own.ignore_configured_endpoint_urls?.toLowerCase() === 'true';
  return { endpoint, region: own.region, caFile: own.ca_bundle, name, lends, ignoresEndpoints };
}

function noServices(name: string, services: string): TransferError {
  return new TransferError(
    'usage',
    `the AWS profile ${name} is for services ${services}, which are not there`,
    {
      hint: 'look at ~/.aws/config',
    },
  );
}

function noProfile(name: string): TransferError {
  return new TransferError('usage', `there is no AWS profile ${name}`, {
    hint: 'look at ~/.aws/config and ~/.aws/credentials',
  });
}
