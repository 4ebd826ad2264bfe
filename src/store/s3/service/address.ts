/** Where a bucket is: the server, and whether the bucket is named in the host or in the path. */
import { isIP } from 'node:net';
import { TransferError } from '../../../errors.ts';
import type { Proxies } from '../../../work/http/proxies.ts';
import { encode } from './sign.ts';

export type Address = {
  readonly isSecure: boolean;
  /** of the server, with a port that is not the usual one */
  readonly server: string;
  readonly bucket: string;
  readonly style: 'host' | 'path';
  /** what stands before all in the path, without a slash at its end */
  readonly base: string;
};

/** Throws 'usage' where the endpoint is none. */
export function addressOf(endpoint: string | undefined, region: string, bucket: string): Address {
  if (endpoint === undefined) return amazon(region, bucket);
  const url = URL.parse(endpoint.includes('://') ? endpoint : `https://${endpoint}`);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '')
    throw new TransferError('usage', 'cannot read the S3 endpoint', {
      hint: 'write https://host or http://host:port, without a password',
    });
  const base = url.pathname.replace(/\/+$/, '');
  return { isSecure: url.protocol === 'https:', server: url.host, bucket, style: 'path', base };
}

/** What a service is called: Amazon's is one in all regions that share the names of their buckets. */
export function serviceName(endpoint: string | undefined, region: string): string {
  if (endpoint !== undefined) return authorityOf(addressOf(endpoint, region, ''));
  const own = /^us-(gov|iso[a-z]?)-/.exec(region)?.[0].slice(0, -1);
  return `s3.${own ? `${own}.` : ''}${domainOf(region)}`;
}

function domainOf(region: string): string {
  return `amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

function amazon(region: string, bucket: string): Address {
  const server = `s3.${region}.${domainOf(region)}`;
  const style = /^[a-z0-9][a-z0-9-]+$/.test(bucket) ? 'host' : 'path';
  return { isSecure: true, server, bucket, style, base: '' };
}

/** The same bucket named the other way; undefined where no host can be called so. */
export function otherStyle(address: Address): Address | undefined {
  if (address.style === 'host') return { ...address, style: 'path' };
  const isNamed = isIP(hostOf(address).host) === 0 && /^[a-z0-9][a-z0-9.-]+$/.test(address.bucket);
  return isNamed ? { ...address, style: 'host' } : undefined;
}

const ofCountry = /\.(?:com?|org|net|ac|edu|gov)\.[a-z]{2}$/; // such as co.uk: what is below belongs to many

/** Whether a server is in the domain of another one, so that whoever trusts that may ask it, too. A number has none. */
export function isAkin(server: string, to: string): boolean {
  const [, host, port] = /^(.*?)(:\d+)?$/.exec(server)!;
  if (isIP(host!.replace(/^\[|\]$/g, '')) !== 0) return false;
  const labels = host!.split('.').slice(ofCountry.test(host!) ? -3 : -2);
  const domain = `${labels.join('.')}${port ?? ''}`;
  return to === domain || to.endsWith(`.${domain}`);
}

/** The host header. */
export function authorityOf({ server, bucket, style }: Address): string {
  return style === 'host' ? `${bucket}.${server}` : server;
}

export function hostOf(address: Address): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(authorityOf(address))!;
  return {
    host: host!.replace(/^\[|\]$/g, ''),
    port: port === undefined ? (address.isSecure ? 443 : 80) : Number(port),
  };
}

/** Over TLS, or nowhere but on this machine. */
export function isPrivate(address: Address, proxies: Proxies): boolean {
  const { isSecure } = address;
  const to = { ...hostOf(address), isSecure };
  return isSecure || (/^(127\.|localhost$|::1$)/.test(to.host) && proxies(to) === undefined);
}

/** What is asked for: an object, or with '' the bucket itself. */
export function pathOf({ bucket, style, base }: Address, key: string): string {
  const path = key === '' ? '' : `/${encode(key, '/')}`;
  return `${base}${style === 'path' ? `/${bucket}` : ''}${path}` || '/';
}
