/**
 * Credentials as AWS's own programs find them: environment, profiles, SSO, roles, containers, instance metadata. Loaded
 * where nobody gave keys: the SDK, which asks for them straight, whatever proxies there are.
 */
import { fromIni } from '@aws-sdk/credential-provider-ini';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { memoize } from '@smithy/core/config';
import type { Keys } from '../access.ts';
import { noCredentials } from './no-credentials.ts';
import type { Configured } from './profile.ts';

export type Lender = {
  /** Those that expire are renewed in time. Throws 'denied', from then on where there never were any. */
  readonly keys: () => Promise<Keys>;
  /** These have expired, whatever was said of them: they are looked for again. False where they can be no others. */
  readonly renew: (expired: Keys) => boolean;
};

/** The SDK says where it found them. */
type Found = Awaited<ReturnType<ReturnType<typeof defaultProvider>>> & {
  readonly $source?: Readonly<Record<string, string>>;
};

type Provide = ReturnType<typeof defaultProvider>;

/** `given` is the profile that a person named. */
export function createLender({ name, lends }: Configured, given: string | undefined): Lender {
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
  return { keys: unlessRefused(keys), renew };
}

/** Where the first one got none, nobody asks again: a program may take long to fail, or ask the person. */
function unlessRefused(keys: Lender['keys']): Lender['keys'] {
  let first: Promise<Keys> | undefined;
  return async () => {
    first ??= keys();
    await first;
    return keys();
  };
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
