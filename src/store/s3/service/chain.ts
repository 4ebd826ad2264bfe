/** Credentials, region and endpoint of a service, as AWS's own programs find them. */
import type { SecureContext } from 'node:tls';
import type { Proxies } from '../../../work/http/proxies.ts';
import type { Keys, S3Access } from '../access.ts';
import { authoritiesOf } from './authorities.ts';
import type { Lender } from './lender.ts';
import { type Configured, profileOf } from './profile.ts';

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
  readonly renew: (expired: Keys) => Promise<boolean>;
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
    ...(keys ? { keys: async () => keys, renew: async () => false } : chained(configured, profile)),
  };
}

/** In the order of AWS's own programs. */
function endpointOf({ endpoint, surrounding }: S3Access, configured: Configured): string | undefined {
  if (endpoint !== undefined) return endpoint;
  if (surrounding.isIgnored ?? configured.ignoresEndpoints) return undefined;
  return surrounding.endpoint ?? configured.endpoint();
}

function chained(configured: Configured, given: string | undefined): Pick<Settled, 'keys' | 'renew'> {
  let loading: Promise<Lender> | undefined;
  const lender = () => {
    loading ??= import('./lender.ts').then(({ createLender }) => createLender(configured, given));
    return loading;
  };
  return {
    keys: async () => (await lender()).keys(),
    renew: async (expired) => (await lender()).renew(expired),
  };
}
