/**
 * A service with what a person wishes of it: headers that go with each request which they concern. What is to be
 * encrypted is tried out before anything is written, since some services take the wish and do not heed it.
 */

import { createHash } from 'node:crypto';
import { TransferError } from '../../../errors.ts';
import { inWords } from '../../../report/in-words.ts';
import type { S3Access, S3Wishes } from '../access.ts';
import { isOurs, trialIn } from '../keys.ts';
import { sumOfNothing } from '../sums/checksum.ts';
import { Refusal } from './fault.ts';
import type { Ask, Service } from './service.ts';
import { sha256 } from './sign.ts';

type Headers = Readonly<Record<string, string>>;

/** Throws 'refused' where the key of the customer would go over the wire for everybody to read. */
export function wished(service: Service, { wishes, customerKey }: S3Access, prefix: string): Service {
  const customer = customerKey ? customerHeaders(customerKey) : {};
  if (customerKey) mustBePrivate(service);
  const payer: Headers = wishes.requesterPays ? { 'x-amz-request-payer': 'requester' } : {};
  const written = writtenHeaders(wishes);
  if (Object.keys({ ...customer, ...payer, ...written }).length === 0) return service;
  const added = (ask: Ask): Headers => ({
    ...payer,
    ...(isOfObject(ask) && customer),
    ...(isMade(ask) && (isOurs(prefix, ask.key) ? unarchived(written) : written)),
    ...(isMade(ask) && ask.headers?.[source] && wishes.tags && { 'x-amz-tagging-directive': 'REPLACE' }),
    ...(ask.headers?.[source] && asSource(customer)),
  });
  const withAdded = (ask: Ask): Ask => ({ ...ask, headers: { ...ask.headers, ...added(ask) } });
  const isSealing = wishes.sse !== undefined || customerKey !== undefined;
  let tried: Promise<void> | undefined;
  const ready = async (ask: Ask, signal: AbortSignal) => {
    if (!isSealing || !isMade(ask)) return;
    tried ??= tryOut(service, added, trialIn(prefix), signal);
    tried.catch(() => {
      tried = undefined; // whoever asks next tries again
    });
    await tried;
  };
  const blaming = <T>(promise: Promise<T>): Promise<T> => promise.catch((error) => blame(error, wishes));
  return {
    ...service,
    who: customerKey ? `${service.who} ${sha256(customerKey).slice(0, 16)}` : service.who,
    asks: fingerprint({ ...customer, ...written }),
    ask: async (ask, signal) => {
      await blaming(ready(ask, signal));
      return blaming(service.ask(withAdded(ask), signal));
    },
    open: (ask, signal) => blaming(service.open(withAdded(ask), signal)),
  };
}

function fingerprint(headers: Headers): string {
  return Object.keys(headers).length === 0 ? '' : sha256(JSON.stringify(headers)).slice(0, 16);
}

const source = 'x-amz-copy-source';

/** An object comes to be: put, copied, or begun in parts. */
function isMade({ method, key, query = {} }: Ask): boolean {
  if (key === '') return false;
  return method === 'PUT' ? query.partNumber === undefined : method === 'POST' && query.uploads !== undefined;
}

function isOfObject({ method, key, query = {} }: Ask): boolean {
  return key !== '' && method !== 'DELETE' && (query.uploads === undefined || method === 'POST');
}

function writtenHeaders({ sse, sseKmsKeyId, storageClass, acl, tags }: S3Wishes): Headers {
  return {
    ...(sse !== undefined && { [sealed]: sse }),
    ...(sseKmsKeyId !== undefined && { [`${sealed}-aws-kms-key-id`]: sseKmsKeyId }),
    ...(storageClass !== undefined && { [storage]: storageClass }),
    ...(acl !== undefined && { 'x-amz-acl': acl }),
    ...(tags !== undefined && { 'x-amz-tagging': tags }),
  };
}

/** What is read again by each run, or gone in a moment, is of no use in an archive, and costs there. */
function unarchived({ [storage]: _, ...written }: Headers): Headers {
  return written;
}

const storage = 'x-amz-storage-class';
const sealed = 'x-amz-server-side-encryption';
const customers = `${sealed}-customer-algorithm`;

function customerHeaders(key: Uint8Array): Headers {
  return {
    [customers]: 'AES256',
    [`${sealed}-customer-key`]: Buffer.from(key).toString('base64'),
    [`${sealed}-customer-key-md5`]: createHash('md5').update(key).digest('base64'),
  };
}

/** What is copied was written with the same key, or it is not copied. */
function asSource(customer: Headers): Headers {
  const named = Object.entries(customer).map(([name, value]) => [
    name.replace('x-amz-', 'x-amz-copy-source-'),
    value,
  ]);
  return Object.fromEntries(named);
}

function mustBePrivate({ name, isPrivate }: Service): void {
  if (isPrivate) return;
  throw new TransferError('refused', `cannot give the key of --s3-sse-c-key-file to ${name} without TLS`, {
    hint: 'whoever listens could read it: give an endpoint that begins with https://',
  });
}

/** Writes nothing that matters. */
async function tryOut(
  service: Service,
  added: (ask: Ask) => Headers,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  const put: Ask = { method: 'PUT', key, body: new Uint8Array(0) };
  const headers: Headers = { ...added(put), ...sumOfNothing };
  const { headers: said } = await service.ask({ ...put, headers }, signal);
  await service.ask({ method: 'DELETE', key }, signal).catch(() => undefined); // who may not, leaves it
  for (const name of [sealed, customers]) {
    if (headers[name] !== undefined && said[name] !== headers[name]) throw notSealed(service, name);
  }
}

function notSealed({ name }: Service, header: string): TransferError {
  const flag = header === customers ? '--s3-sse-c-key-file' : '--s3-sse';
  return new TransferError('unsupported', `${name} does not encrypt what ${flag} asks it to`, {
    hint: 'nothing was sent there; another service may do it, or the bucket by its own settings',
  });
}

const flags = {
  sse: ['--s3-sse', /server-side-encryption|^KMS|Encryption|SSE/i],
  sseKmsKeyId: ['--s3-sse-kms-key-id', /kms/i],
  storageClass: ['--s3-storage-class', /storage-?class/i],
  acl: ['--s3-acl', /x-amz-acl|AccessControlList|canned|\bACL/i],
  tags: ['--s3-tags', /tag/i],
  requesterPays: ['--s3-requester-pays', /request-payer|requester/i],
} as const satisfies Record<Exclude<keyof S3Wishes, 'manifest'>, readonly [string, RegExp]>;

/** Names the flag that the service may not like: the one that it speaks of, else all that were given. */
function blame(error: unknown, wishes: S3Wishes): never {
  if (!(error instanceof Refusal) || !blamable.has(error.status)) throw error;
  const given = Object.entries(flags).filter(([name]) => wishes[name as keyof S3Wishes] !== undefined);
  const spoken = `${error.code} ${error.message} ${error.about ?? ''}`;
  const meant = given.filter(([, [, words]]) => words.test(spoken));
  const named = (meant.length > 0 ? meant : given).map(([, [flag]]) => flag);
  const isSure = meant.length > 0 || ![403, 404].includes(error.status);
  if (named.length > 0 && isSure) error.hint = `look at what ${inWords(named)} asks for`;
  throw error;
}

const blamable = new Set([400, 403, 404, 405, 501]);
