/** Who vouches for servers, where nobody names others. */
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

let trusted: SecureContext | undefined;

/** Whom Node trusts, and whom this machine trusts. */
export function systemTrust(): SecureContext {
  const ca = () => [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
  trusted ??= createSecureContext({ ca: ca() });
  return trusted;
}
