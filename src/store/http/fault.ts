/** The HTTP store's one place that turns an answer, or none, into a kind, a sentence and a hint. */
import { type Kind, TransferError } from '../../errors.ts';
import { hasSignature } from '../../location/signed.ts';
import { printable } from '../../report/show.ts';
import { ProxyFault } from '../../work/http/proxy-fault.ts';
import type { Answer } from './wire.ts';

export type Doing = 'read' | 'write' | 'list' | 'look at' | 'remove';

type Known = readonly [kind: Kind, why: string, hint?: string];

const signIn =
  'give a user and a password in ~/.netrc, or in DIFPIPE_SOURCE_USER and DIFPIPE_SOURCE_PASSWORD (or DIFPIPE_DEST_…)';
const otherSignature =
  'its signature may have expired, or be for something else: one for PUT lets nobody read or compare';
const failed = 'the server failed';
const later: Known = ['transient', 'the server has no time for it at the moment'];

const statuses: Readonly<Record<number, Known>> = {
  304: ['io', 'the server gave an answer that means nothing here'],
  401: ['denied', 'the server does not know who asks, or not by what was given', signIn],
  403: ['denied', 'the server does not allow it', signIn],
  404: ['missing', 'it is not there'],
  405: ['unsupported', 'the server cannot do that'],
  407: ['denied', 'the proxy wants to know who asks', 'write the user and the password into its variable'],
  408: later,
  409: ['conflict', 'something is in the way there'],
  410: ['missing', 'it is not there any more'],
  412: ['changed', 'it changed', 'run again when nobody writes to it'],
  413: ['unsupported', 'it is larger than the server takes'],
  416: ['changed', 'it changed', 'run again when nobody writes to it'],
  421: later,
  423: ['conflict', 'somebody has locked it', 'run again when nobody has'],
  425: later,
  429: ['transient', 'the server is asked too often'],
  500: ['transient', failed],
  501: ['unsupported', 'the server cannot do that'],
  502: later,
  503: later,
  504: later,
  507: ['full', 'no space left', 'make room there, then resume'],
};

const away: Known = [
  'transient',
  'there is no way there at the moment',
  'look at the network here and there',
];
const closed: Known = ['transient', 'it closed the connection'];
const untrusted = 'if you know who vouches for it, name a file with his certificate in NODE_EXTRA_CA_CERTS';

const codes: Readonly<Record<string, Known>> = {
  ENOTFOUND: ['missing', 'no host has that name', 'look for a mistyped name'],
  EAI_AGAIN: ['transient', 'its name cannot be looked up at the moment', 'look at the network here'],
  ECONNREFUSED: ['transient', 'nothing answers on that port', 'see whether a server runs there'],
  ECONNRESET: closed,
  EPIPE: closed,
  ECONNABORTED: closed,
  ERR_STREAM_PREMATURE_CLOSE: closed,
  ERR_STREAM_DESTROYED: closed,
  ETIMEDOUT: [
    'transient',
    'it does not answer',
    'see whether it is up, and whether a firewall is in the way',
  ],
  EHOSTUNREACH: away,
  ENETUNREACH: away,
  ENETDOWN: away,
  CERT_HAS_EXPIRED: ['refused', 'its certificate has expired', 'see whether the clock here is right'],
  CERT_NOT_YET_VALID: ['refused', 'its certificate is not valid yet', 'see whether the clock here is right'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'refused',
    'its certificate is for another host',
    'look for a mistyped name',
  ],
};

const takesNoFiles = new Set([405, 501]);
const byPut = 'it has to take files by PUT, as servers of WebDAV do';

/** What the server said, where it was not what was hoped for. */
export function refusal(
  { status, headers, url }: Pick<Answer, 'status' | 'headers' | 'url'>,
  what: string,
  doing: Doing,
): TransferError {
  const [kind, why, usual] = otherProof(status, headers) ?? statuses[status] ?? unexpected(status);
  const forFiles = doing === 'write' && takesNoFiles.has(status) ? byPut : undefined;
  const hint = usual === signIn && hasSignature(url) ? otherSignature : (usual ?? forFiles);
  return new TransferError(kind, `cannot ${doing} ${what}: ${why} (HTTP ${status})`, {
    ...(hint === undefined ? {} : { hint }),
    waitMs: kind === 'transient' ? waitOf(headers['retry-after']) : undefined,
    isOfOne: why === failed && doing !== 'write', // its disk may be full
  });
}

/** A server that takes none of the proofs that are given here. */
function otherProof(status: number, headers: Answer['headers']): Known | undefined {
  const ways = headers['www-authenticate'] ?? '';
  const [way] = /^\s*(?:digest|negotiate|ntlm|kerberos)\b/i.exec(ways) ?? [];
  if (status !== 401 || way === undefined || /(?:^|,)\s*(?:basic|bearer)\b/i.test(ways)) return undefined;
  return ['unsupported', `the server lets nobody in but by ${way.trim()}, which is not spoken here`];
}

function unexpected(status: number): Known {
  if (status >= 500) return ['transient', failed];
  if (status >= 300 && status < 400)
    return ['unsupported', 'the server sends us elsewhere', 'name the place that it sends to'];
  return ['io', 'the server gave an answer that means nothing here'];
}

/** In seconds, or the time when to come again. */
function waitOf(after: string | undefined): number | undefined {
  if (after === undefined) return undefined;
  const waitMs = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now();
  return waitMs > 0 ? waitMs : undefined;
}

/** Why there was no answer, or not all of it; what is none of the network's errors stays what it is. */
export function breakage(error: unknown, what: string, doing: Doing): unknown {
  if (error instanceof ProxyFault) return error.told(`${doing} ${what}`);
  if (error instanceof TransferError || !(error instanceof Error)) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  const known = codes[code] ?? familyOf(code);
  if (!known) return error;
  const [kind, said, hint] = known;
  const why = code === 'ECONNREFUSED' ? refusedBy(error) : said;
  const details = { cause: error, ...(hint === undefined ? {} : { hint }) };
  return new TransferError(kind, `cannot ${doing} ${what}: ${why}`, details);
}

/** Who it was that did not answer may be the proxy. */
function refusedBy(error: Error): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const { address, port } = first as { readonly address?: string; readonly port?: number };
  return port === undefined ? codes.ECONNREFUSED![1] : `nothing answers on port ${port} of ${address}`;
}

function familyOf(code: string): Known | undefined {
  if (/CERT|UNABLE_TO|^CRL_|HOSTNAME_MISMATCH/.test(code))
    return ['refused', `its certificate cannot be trusted (${printable(code)})`, untrusted];
  if (/^ERR_SSL|^EPROTO$/.test(code))
    return ['unsupported', 'it does not speak TLS as we do', 'is it http://?'];
  if (/^E[A-Z]+$/.test(code)) return ['transient', `the connection failed (${code})`];
  if (/^HPE_/.test(code)) return ['io', 'what it says is not HTTP', 'look for a mistyped port'];
  return undefined;
}

/** `what` is the place or entry, as a person reads it. */
export function trouble(doing: Doing, what: string, kind: Kind, why: string, hint?: string): TransferError {
  return new TransferError(kind, `cannot ${doing} ${what}: ${why}`, hint === undefined ? {} : { hint });
}

export function changed(what: string): TransferError {
  return trouble('read', what, 'changed', 'it changed', 'run again when nobody writes to it');
}
