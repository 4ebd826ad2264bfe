/** What went wrong between here and a host, as an error with a kind. */
import { TransferError } from '../errors.ts';
import { printable } from '../report/show.ts';

/** While a host is being reached. */
export function reachFault(error: unknown, name: string): TransferError {
  if (error instanceof TransferError) return error;
  const cause = error as Error & { code?: string | number };
  const known = typeof cause.code === 'string' ? reachFaults[cause.code] : undefined;
  if (known) {
    const [kind, why, usual] = known;
    const hint = cause.code === 'ENOTFOUND' ? (slashesMissing(name) ?? usual) : usual;
    return new TransferError(kind, `cannot reach ${name}: ${why}`, { cause, ...(hint ? { hint } : {}) });
  }
  return protocolFault(cause, name);
}

/** Who types `s3:/bucket` did not mean a host of that name. */
function slashesMissing(name: string): string | undefined {
  const scheme = /@(s3|gs|az|https?|file)$/.exec(name)?.[1];
  return scheme && `write ${scheme}:// with two slashes for another kind of place`;
}

type Known = readonly [kind: TransferError['kind'], why: string, hint?: string];

const offline: Known = [
  'transient',
  'there is no way there at the moment',
  'look at the network here and there',
];
const closed: Known = ['transient', 'it closed the connection'];
const reachFaults: Readonly<Record<string, Known>> = {
  ENOTFOUND: ['missing', 'no host has that name', 'look for a mistyped name, also of a remote of rclone'],
  EAI_AGAIN: ['transient', 'its name cannot be looked up at the moment', 'look at the network here'],
  ECONNREFUSED: ['io', 'nothing answers on that port', 'see whether sshd runs there, and on which port'],
  ECONNRESET: closed,
  EPIPE: closed,
  ABORT_ERR: closed, // as the streams of a program in between say it
  ERR_STREAM_PREMATURE_CLOSE: closed,
  ETIMEDOUT: [
    'transient',
    'it does not answer',
    'see whether it is up, and whether a firewall is in the way',
  ],
  EHOSTUNREACH: offline,
  ENETUNREACH: offline,
  ENETDOWN: offline,
};

/** What the two ends could not agree on stays so; anything else may have been the line. */
function protocolFault(cause: Error, name: string): TransferError {
  const why = printable(cause.message.replace(/\s+/g, ' ').slice(0, 200));
  if (/no matching/i.test(why)) {
    return new TransferError('unsupported', `cannot talk to ${name}: ${why}`, {
      cause,
      hint: 'its SSH server is too old, or allows too little',
    });
  }
  return lost(
    name,
    cause,
    cause.message === 'Connection lost before handshake' ? 'it closed the connection' : why,
  );
}

/** The connection was there and is not any more, or was never whole. */
export function lost(name: string, cause?: unknown, why = 'the connection was lost'): TransferError {
  return new TransferError('transient', `cannot talk to ${name}: ${why}`, { cause });
}

/** The host's no to a channel stays as it is: there may be room elsewhere. */
export function requestFault(error: Error, name: string): Error {
  if ('reason' in error) return error;
  if (!/^Unable to (exec|start)/.test(error.message)) return lost(name, error);
  const what = /subsystem/.test(error.message) ? 'has no SFTP server' : 'does not run commands';
  return new TransferError('unsupported', `${name} ${what}`, {
    hint: 'see Subsystem and ForceCommand in its sshd_config',
  });
}
