/** What the answers of a service told so far: in which region a bucket is, how it is to be named, and what time it is there. */
import type { Answer, Sent } from '../../../work/http/wire.ts';
import type { Keys } from '../access.ts';
import { type Address, addressOf, authorityOf, hostOf, isAkin, otherStyle, pathOf } from './address.ts';
import type { Settled } from './chain.ts';
import type { Ask } from './service.ts';
import { createSigner, queryOf, type Sign, sha256 } from './sign.ts';
import { text } from './xml.ts';

/** An answer that refuses. */
export type Said = {
  readonly answer: Answer;
  readonly body: string;
  readonly code: string;
  /** how much was learnt when it was asked */
  readonly learnt: number;
  /** who asked */
  readonly keys: Keys;
};

const otherwiseNamed = new Set(['SecondLevelDomainForbidden', 'PathStyleDomainForbidden']);

export class Whereabouts {
  /** how often something was */
  learnt = 0;
  #address!: Address;
  #host!: ReturnType<typeof hostOf>;
  #region: string;
  #sign: Sign;
  #ahead = 0; // ms, of the service's clock
  #isRenamed = false;
  readonly #isAmazon: boolean;

  constructor({ endpoint, region }: Settled, bucket: string) {
    this.#region = region;
    this.#goTo(addressOf(endpoint, region, bucket));
    this.#isAmazon = endpoint === undefined;
    this.#sign = createSigner(region);
  }

  /** The request, as it goes out now. */
  signed({ method, key, query = {}, headers = {}, body }: Ask, keys: Parameters<Sign>[1]) {
    const address = this.#address;
    const path = pathOf(address, key);
    const payload = this.#payload(body);
    const all = { ...headers, host: authorityOf(address) };
    const at = new Date(Date.now() + this.#ahead);
    const signed = this.#sign({ method, path, query, headers: all, payload }, keys, at);
    const asked = queryOf(query);
    const { isSecure } = address;
    const target = asked === '' ? path : `${path}?${asked}`;
    const { host, port } = this.#host;
    return { method, isSecure, host, port, path: target, headers: signed, body };
  }

  /** Its host is taken out of it once: each request goes there. */
  #goTo(address: Address): void {
    this.#address = address;
    this.#host = hostOf(address);
  }

  /** Where TLS does not hold the bytes together, the signature does. */
  #payload(body: Sent | undefined): string {
    if (body === undefined) return emptyHash;
    const isHeld = body instanceof Uint8Array;
    return isHeld && !this.#address.isSecure ? sha256(body) : 'UNSIGNED-PAYLOAD';
  }

  /** Whether asking again may help, with what the answer tells, or with what was learnt since it was asked. */
  learns(told: Said): boolean {
    if (told.learnt < this.learnt) return true;
    const isNew = this.#learn(told);
    if (isNew) this.learnt++;
    return isNew;
  }

  #learn({ answer, body, code }: Said): boolean {
    const { status, headers } = answer;
    const region = said(headers['x-amz-bucket-region']) ?? text(body, 'Region');
    if (region !== undefined && region !== this.#region && [301, 307, 400, 403].includes(status))
      return this.#move(region);
    const to = status === 307 ? URL.parse(said(headers.location) ?? '') : undefined;
    if (to?.protocol === (this.#address.isSecure ? 'https:' : 'http:')) return this.#redirect(to.host);
    if (code === 'RequestTimeTooSkewed') return this.#setClock(said(headers.date));
    return otherwiseNamed.has(code) && this.#rename();
  }

  #move(region: string): boolean {
    this.#region = region;
    this.#sign = createSigner(region);
    if (this.#isAmazon) this.#goTo(addressOf(undefined, region, this.#address.bucket));
    return true;
  }

  /** Only to a server in the domain of the one that was asked: others get no signature of ours. */
  #redirect(host: string): boolean {
    const { server, bucket } = this.#address;
    const to = host.startsWith(`${bucket}.`) ? host.slice(bucket.length + 1) : host;
    if (to === server || !isAkin(server, to)) return false;
    this.#goTo({ ...this.#address, server: to, style: to === host ? 'path' : 'host' });
    return true;
  }

  #setClock(date: string | undefined): boolean {
    const there = Date.parse(date ?? '');
    const ahead = there - Date.now();
    if (Number.isNaN(there) || Math.abs(ahead - this.#ahead) < 60_000) return false;
    this.#ahead = ahead;
    return true;
  }

  #rename(): boolean {
    const other = this.#isRenamed ? undefined : otherStyle(this.#address);
    if (!other) return false;
    this.#isRenamed = true;
    this.#goTo(other);
    return true;
  }
}

const emptyHash = sha256('');

function said(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
