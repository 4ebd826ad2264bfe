/** Who vouches for a service, where a person says so as AWS's own programs are told: AWS_CA_BUNDLE, or ca_bundle in a profile. */
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { TransferError } from '../../../errors.ts';
import { reasonOf } from '../../../work/posix/errno.ts';
import { readSmall } from '../../../work/read-small.ts';
import { systemTrust } from '../../../work/system-trust.ts';

/** Those of a file and of NODE_EXTRA_CA_CERTS, and nobody else; whom this machine trusts where none is named. Throws 'usage'. */
export function authoritiesOf(path: string | undefined): SecureContext {
  if (path === undefined) return systemTrust();
  const ca = contentOf(path);
  if (!/^-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/m.test(ca))
    throw unfit(path, 'there is no certificate in it');
  try {
    return createSecureContext({ ca: [ca, ...getCACertificates('extra')] });
  } catch (cause) {
    throw unfit(path, (cause as Error).message, cause);
  }
}

function contentOf(path: string): string {
  try {
    return readSmall(path).toString('latin1');
  } catch (cause) {
    throw unfit(path, reasonOf(cause), cause);
  }
}

function unfit(path: string, why: string, cause?: unknown): TransferError {
  return new TransferError('usage', `cannot take authorities from ${path}: ${why}`, {
    hint: 'AWS_CA_BUNDLE, or ca_bundle of a profile, names a file of certificates in PEM',
    cause,
  });
}
