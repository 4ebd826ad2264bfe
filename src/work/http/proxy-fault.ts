/** What a proxy refuses, or why it is not reached: a kind, a part of a sentence, and what to try. */
import { type Kind, TransferError } from '../../errors.ts';
import type { HttpProxy } from './proxies.ts';

export class ProxyFault extends Error {
  readonly kind: Kind;
  readonly hint: string;

  constructor(kind: Kind, message: string, hint: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
    this.hint = hint;
  }

  /** With what could not be done. */
  told(doing: string): TransferError {
    const { kind, message, hint } = this;
    return new TransferError(kind, `cannot ${doing}: ${message}`, { hint, cause: this });
  }
}

const otherwise = 'or name the host in no_proxy if there is a way without the proxy';

export function unreached({ name, variable }: HttpProxy, cause: unknown): ProxyFault {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const kind = /CERT|UNABLE_TO|^ERR_|^EPROTO/.test(code) ? 'refused' : 'transient';
  const hint = `look at ${variable}, ${otherwise}`;
  return new ProxyFault(kind, `the proxy ${name} is not reached (${code || message})`, hint, cause);
}

/** It answered so instead of making a way to the server. */
export function noWay(proxy: HttpProxy, server: string, status: number): ProxyFault {
  if (status === 407) return unknownThere(proxy);
  const does = status >= 500 ? 'does not reach' : 'lets nobody through to';
  const hint = `look at the name of the host, ask who runs the proxy, ${otherwise}`;
  return new ProxyFault(kindOf(status), `the proxy ${proxy.name} ${does} ${server} (HTTP ${status})`, hint);
}

/** It, or who stands behind it, answered so where another kind of answer was to come. */
export function inItsPlace({ name }: HttpProxy, server: string, status: number): ProxyFault {
  const hint = `ask who runs the proxy, ${otherwise}`;
  return new ProxyFault(
    kindOf(status),
    `the proxy ${name} answers in place of ${server} (HTTP ${status})`,
    hint,
  );
}

function kindOf(status: number): Kind {
  return status >= 500 ? 'transient' : 'denied';
}

/** HTTP 407 */
export function unknownThere({ name, variable, authorization }: HttpProxy): ProxyFault {
  const wants =
    authorization === undefined ? 'wants to know who asks' : 'does not take the user and password given';
  const hint = `write the right ones into ${variable}: http://user:password@host:port`;
  return new ProxyFault('denied', `the proxy ${name} ${wants} (HTTP 407)`, hint);
}
