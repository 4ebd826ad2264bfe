/** What a service refuses or a connection loses, as an error with a kind. */
import { type Kind, TransferError } from '../../../errors.ts';
import { printable } from '../../../report/show.ts';
import { ProxyFault } from '../../../work/http/proxy-fault.ts';

/** What the service said instead of doing it. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** how long it wants to be left alone */
  readonly waitMs: number | undefined;
  /** the header or argument that it does not like */
  readonly about: string | undefined;
  /** what a person may try, where that is known better than by the code */
  hint: string | undefined;
  /** what policies call the rights that it takes */
  rights: string | undefined;
  /** it may fail with this one object only */
  isOfOne = false;

  constructor(status: number, code: string, message: string, waitMs?: number, about?: string) {
    super(message || code);
    this.status = status;
    this.code = code;
    this.waitMs = waitMs;
    this.about = about;
    this.hint = undefined;
    this.rights = undefined;
  }
}

/** What is said of an answer that no such service gives. */
export const noS3 = 'what answers there does not speak S3';

/** What answers is no service of this kind. */
export class Foreign extends Error {}

/** Whether it is a refusal with one of these codes or status numbers. */
export function isRefusal(error: unknown, ...of: readonly (string | number)[]): error is Refusal {
  return error instanceof Refusal && (of.includes(error.code) || of.includes(error.status));
}

const kinds: Readonly<Record<string, Kind>> = {
  NoSuchKey: 'missing',
  NoSuchUpload: 'missing',
  NoSuchBucket: 'usage',
  InvalidBucketName: 'usage',
  PermanentRedirect: 'usage',
  TemporaryRedirect: 'usage', // to whom we do not go
  PreconditionFailed: 'conflict',
  BadDigest: 'transient',
  XAmzContentSHA256Mismatch: 'transient',
  XAmzContentChecksumMismatch: 'transient',
  IncompleteBody: 'transient',
  RequestTimeout: 'transient',
  OperationAborted: 'transient',
  ConditionalRequestConflict: 'transient',
  ExpiredToken: 'transient', // somebody may log in meanwhile, and to go on with each file has no use
  InvalidToken: 'denied',
  InvalidObjectState: 'unsupported',
  ObjectNotInActiveTierError: 'unsupported', // the same, said of a copy
  XAdminUserNotFound: 'denied', // Versity's, for a key that it does not know
  QuotaExceeded: 'full',
  XMinioStorageFull: 'full',
  InsufficientStorage: 'full',
  KeyTooLongError: 'unsupported',
  InvalidObjectName: 'unsupported',
  NotImplemented: 'unsupported',
  EntityTooLarge: 'unsupported',
  MetadataTooLarge: 'unsupported',
};

const archived =
  'it is in an archive: have it restored there first (aws s3api restore-object), then run again';

const elsewhere =
  'the bucket is elsewhere: name its endpoint (AWS_ENDPOINT_URL_S3, --s3-endpoint) or its region (--s3-region)';

const hints: Readonly<Record<string, string>> = {
  PermanentRedirect: elsewhere,
  TemporaryRedirect: elsewhere,
  NoSuchBucket: 'make it first, or look at its name and at the endpoint',
  SignatureDoesNotMatch: 'the secret key is not the right one',
  XAdminUserNotFound: 'the service does not know this access key',
  InvalidAccessKeyId: 'the service does not know this access key',
  ExpiredToken: 'log in again, then resume',
  InvalidToken: 'the session token is not one of these keys: log in again, or unset AWS_SESSION_TOKEN',
  InvalidObjectState: archived,
  ObjectNotInActiveTierError: archived,
  MetadataTooLarge: 'its source keeps more beside it than this service takes: have less kept there',
  RequestTimeTooSkewed: 'set the clock of this machine',
};

const denied = 'look at the credentials (AWS_PROFILE, --s3-profile) and at what they may do';
const full = 'make room there, or have its limit raised, then resume';

function kindOf({ status, code }: Refusal): Kind {
  const kind = kinds[code];
  if (kind) return kind;
  if (status === 401 || status === 403) return 'denied';
  if (status === 404) return 'missing';
  if (status === 412) return 'conflict';
  if (status === 507) return 'full';
  if (status === 501) return 'unsupported';
  return status === 408 || status === 409 || status === 429 || status >= 500 ? 'transient' : 'io';
}

const endpoint = 'look at the endpoint (AWS_ENDPOINT_URL_S3, --s3-endpoint)';
const network = 'look at the network here and there';

type Unreached = readonly [why: string, hint: string];

const unreached: Readonly<Record<string, Unreached>> = {
  ENOTFOUND: ['no host has that name', endpoint],
  EAI_AGAIN: ['its name cannot be looked up at the moment', network],
  ECONNREFUSED: ['nothing answers on that port', endpoint],
  EHOSTUNREACH: ['there is no way there at the moment', network],
  ENETUNREACH: ['there is no way there at the moment', network],
};

const clock = 'see whether the clock here is right';

const untrusted: Readonly<Record<string, Unreached>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: ['its certificate is for another host', endpoint],
  CERT_HAS_EXPIRED: ['its certificate has expired', clock],
  CERT_NOT_YET_VALID: ['its certificate is not valid yet', clock],
};

const unknownAuthority: Unreached = [
  'its certificate is not trusted',
  'name a file with the certificate of who vouches for it in AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS',
];

/** The error to throw; a TransferError, and whatever is none of the service's or the network's, stays. */
function faultOf(error: unknown, doing: string): unknown {
  if (error instanceof Refusal) return refused(error, doing);
  if (error instanceof Foreign)
    return new TransferError('unsupported', `cannot ${doing}: ${noS3}`, {
      hint: endpoint,
      cause: error,
    });
  if (error instanceof ProxyFault) return error.told(doing);
  if (!(error instanceof Error) || error instanceof TransferError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && /^(CERT|ERR_TLS|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/.test(code)) {
    const [why, hint] = untrusted[code] ?? unknownAuthority;
    return new TransferError('refused', `cannot ${doing}: ${why} (${code})`, { hint, cause: error });
  }
  if (code === 'EPROTO')
    return new TransferError('refused', `cannot ${doing}: what answers there does not speak TLS`, {
      hint: 'write the endpoint with http:// if it is to be asked without',
      cause: error,
    });
  if (error instanceof TypeError || error instanceof RangeError) return error;
  const [why, hint] = unreached[code ?? ''] ?? [];
  const said = why === undefined ? printable(error.message) : `the service is not reached: ${why}`;
  return new TransferError('transient', `cannot ${doing}: ${said}`, {
    cause: error,
    ...(hint !== undefined && { hint }),
  });
}

function refused(refusal: Refusal, doing: string): TransferError {
  const { code, message, status, waitMs } = refusal;
  const kind = kindOf(refusal);
  const said = printable(message.slice(0, 300));
  const reason = code || `HTTP ${status}`;
  const what = said === code || said === '' ? reason : `${said.replace(/\.$/, '')} (${reason})`;
  const byKind = kind === 'denied' ? deniedBy(refusal) : kind === 'full' ? full : undefined;
  const hint = refusal.hint ?? hints[code] ?? byKind ?? (message === noS3 ? endpoint : undefined);
  return new TransferError(kind, `cannot ${doing}: ${what}`, {
    cause: refusal,
    ...(hint !== undefined && { hint }),
    ...(waitMs !== undefined && { waitMs }),
    isOfOne: refusal.isOfOne,
  });
}

/** A service that says which right is missing may mean another one, as that to use a key. */
function deniedBy({ code, message, rights }: Refusal): string {
  const isSaid = /\b(?:s3|kms):\w/.test(message);
  return code === 'AccessDenied' && rights !== undefined && !isSaid
    ? `${denied}; this takes ${rights}`
    : denied;
}

/** What the promise gives; its error says what could not be done. */
export async function must<T>(promise: Promise<T>, doing: () => string): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw faultOf(error, doing());
  }
}
