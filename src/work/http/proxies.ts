/** The way out of a network: through which proxy a server is asked, as the variables say it that curl knows. Pure. */
import { BlockList, isIP } from 'node:net';
import { TransferError } from '../../errors.ts';
import { basic } from './basic.ts';

/** A host is without brackets. */
export type To = { readonly host: string; readonly port: number; readonly isSecure: boolean };

export type HttpProxy = To & {
  /** a value of Proxy-Authorization */
  readonly authorization: string | undefined;
  /** for messages: no secret is in it */
  readonly name: string;
  /** where a person wrote it */
  readonly variable: string;
};

/** Undefined: it is asked straight. Throws 'usage' where its proxy is none that is spoken to. */
export type Proxies = (to: To) => HttpProxy | undefined;

export function serverOf(url: URL): To {
  const isSecure = url.protocol === 'https:';
  const port = Number(url.port || (isSecure ? 443 : 80));
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port, isSecure };
}

export type Variable = { readonly name: string; readonly value: string };

export const straight: Proxies = () => undefined;

/** `except` is what no_proxy says: who is asked straight. */
export function proxiesIn(
  { http, https }: Readonly<Record<'http' | 'https', Variable | undefined>>,
  except: string,
): Proxies {
  const spared = except
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(sparing);
  return (to) => {
    const variable = to.isSecure ? https : http;
    if (!variable || spared.some((isSpared) => isSpared(to))) return undefined;
    return proxyOf(variable);
  };
}

type Spares = (to: To) => boolean;

/** `*`, a host with all below it, a number, a network of numbers; a host and a number may have a port. */
function sparing(entry: string): Spares {
  if (entry === '*') return () => true;
  const network = networkOf(entry);
  if (network) return network;
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? [];
  const name = (bracketed ?? plain ?? entry).replace(/^\*?\./, '');
  return (to) => {
    if (port !== undefined && Number(port) !== to.port) return false;
    const host = to.host.toLowerCase();
    return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
  };
}

function networkOf(entry: string): Spares | undefined {
  const [, address, bits] = /^([\da-f.:]+)\/(\d{1,3})$/.exec(entry) ?? [];
  const version = isIP(address ?? '');
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128)) return undefined;
  const list = new BlockList();
  list.addSubnet(address!, Number(bits), version === 4 ? 'ipv4' : 'ipv6');
  return ({ host }) => isIP(host) !== 0 && list.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6');
}

/** Many write no scheme. */
function proxyOf({ name: variable, value }: Variable): HttpProxy {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);
  if (!url || !/^https?:$/.test(url.protocol)) throw noProxy(variable);
  return { ...serverOf(url), authorization: proofOf(url), name: url.origin, variable };
}

function noProxy(variable: string): TransferError {
  return new TransferError('usage', `the proxy of ${variable} is no http:// address`, {
    hint: 'other kinds of proxies are not spoken to; no_proxy leaves it out for some hosts',
  });
}

function proofOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return basic(decoded(username), decoded(password));
}

/** Some write a % as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
