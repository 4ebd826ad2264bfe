/**
 * An agent for one purpose: it lets a program on another host into one host, as one user, so many times, and nothing
 * else. It speaks ssh-agent's protocol, and signs only on a connection that ssh has bound, with that host's own
 * signature, to the host key that we know it by (session-bind@openssh.com, OpenSSH 8.9). Whoever can reach the socket on
 * the other host can have no more of it; the key itself never leaves this machine.
 */
import { Duplex } from 'node:stream';
import { plainName } from '../proof/certificate.ts';
import { isSignedBy, signatureOf } from '../proof/signed-by.ts';
import type { Signer } from '../proof/signers.ts';
import { Fields, field, number } from '../wire.ts';

/** How a host lets us in. */
export type Entrance = {
  readonly user: string;
  readonly host: string;
  readonly port: number;
  /** the key it has shown, and proved to own */
  readonly hostKey: Uint8Array;
  readonly signer: Signer;
};

export type LentKey = {
  /** one connection of a program to the agent */
  readonly open: () => Duplex;
  /** Signs nothing from now on. */
  readonly withdraw: () => void;
  /** whether a program wanted a signature without saying for which host */
  readonly wasUnbound: () => boolean;
};

const request = { identities: 11, sign: 13, extension: 27 } as const;
const answer = { failure: 5, success: 6, identities: 12, signed: 14 } as const;
const failure = Buffer.of(answer.failure);
const mostBytes = 256 * 1024; // as much as OpenSSH's agent takes
const authRequest = 50;
const hostBound = 'publickey-hostbound-v00@openssh.com';

type Lending = { readonly to: Entrance; left: number; unbound: boolean };
type Bond = { session: Buffer | undefined; isBroken: boolean };

/** Good for so many signatures. */
export function lendKey(to: Entrance, signatures: number): LentKey {
  const lending: Lending = { to, left: signatures, unbound: false };
  return {
    open: () => {
      const bond: Bond = { session: undefined, isBroken: false };
      return framed((message) => answerTo(lending, bond, message));
    },
    withdraw: () => {
      lending.left = 0;
    },
    wasUnbound: () => lending.unbound,
  };
}

/** Messages with their length before them, answered in order. */
function framed(reply: (message: Buffer) => Promise<Buffer>): Duplex {
  let held = Buffer.alloc(0);
  const takeAll = async (stream: Duplex) => {
    while (held.length >= 4 && held.length >= 4 + held.readUInt32BE()) {
      const end = 4 + held.readUInt32BE();
      const message = held.subarray(4, end);
      held = held.subarray(end);
      stream.push(field(await reply(message)));
    }
    if (held.length > mostBytes) throw new RangeError('a message to the agent is too long');
  };
  const stream = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      held = Buffer.concat([held, chunk]);
      takeAll(this).then(() => done(), done);
    },
    final(done) {
      this.push(null);
      done();
    },
  });
  stream.on('error', () => undefined); // the program is told by the end
  return stream;
}

async function answerTo(lending: Lending, bond: Bond, message: Buffer): Promise<Buffer> {
  try {
    const fields = new Fields(message);
    const type = fields.byte();
    if (type === request.extension) return bind(lending, bond, fields);
    if (type === request.identities) return identities(lending);
    if (type === request.sign) return await sign(lending, bond, fields);
    return failure;
  } catch {
    return failure; // not made as a message is, or the key could not sign
  }
}

/** The first bond of a connection holds; another one, or one that is not that host's, ends it. */
function bind({ to }: Lending, bond: Bond, fields: Fields): Buffer {
  if (fields.text() !== 'session-bind@openssh.com') return failure;
  const [hostKey, session, signature] = [fields.string(), fields.string(), fields.string()];
  const isForwarded = fields.byte() !== 0;
  fields.end();
  const isIt = hostKey.equals(to.hostKey) && isSignedBy(hostKey, session, signature);
  if (!isIt || isForwarded || bond.session) bond.isBroken = true;
  if (bond.isBroken) return failure;
  bond.session = Buffer.from(session);
  return Buffer.of(answer.success);
}

function identities({ to, left }: Lending): Buffer {
  const kind = Buffer.of(answer.identities);
  if (left === 0) return Buffer.concat([kind, number(0)]);
  return Buffer.concat([
    kind,
    number(1),
    field(to.signer.key.getPublicSSH()),
    field('lent for one connection'),
  ]);
}

async function sign(lending: Lending, bond: Bond, fields: Fields): Promise<Buffer> {
  const [key, data, flags] = [fields.string(), fields.string(), fields.number()];
  fields.end();
  lending.unbound ||= !bond.session && !bond.isBroken;
  if (!bond.session || bond.isBroken || lending.left === 0) return failure;
  const algorithm = asked(lending.to, bond.session, key, data);
  if (algorithm === undefined) return failure;
  lending.left -= 1;
  const hash = flags & 4 ? 'sha512' : flags & 2 ? 'sha256' : undefined;
  const isRsa = lending.to.signer.key.type === 'ssh-rsa';
  if (isRsa && (!hash || algorithm !== `rsa-sha2-${hash.slice(3)}`)) return failure;
  const value = await lending.to.signer.sign(data, isRsa ? hash : undefined);
  return Buffer.concat([Buffer.of(answer.signed), field(signatureOf(algorithm, value))]);
}

/** The algorithm of the signature, where all of it is what lets that user into that host on that connection. */
function asked(
  { user, hostKey, signer }: Entrance,
  session: Buffer,
  key: Buffer,
  data: Buffer,
): string | undefined {
  const ours = signer.key.getPublicSSH();
  const fields = new Fields(data);
  const isSession = fields.string().equals(session) && fields.byte() === authRequest;
  const isUser = fields.string().equals(Buffer.from(user)) && fields.text() === 'ssh-connection';
  const method = fields.text();
  const isSigned = fields.byte() === 1;
  const algorithm = fields.text();
  const isKey = fields.string().equals(ours) && key.equals(ours);
  const isHost = method === hostBound ? fields.string().equals(hostKey) : method === 'publickey';
  fields.end();
  return isSession && isUser && isSigned && isKey && isHost ? plainName(algorithm) : undefined;
}
