/**
 * The library signs in the name of the type that it shows, and a host wants a signature in the name of the plain one.
 * So what shows a certificate is written here.
 */
import type { Client, ParsedKey } from 'ssh2';
import { field } from '../wire.ts';
import { certifiedName, isCertified } from './certificate.ts';
import { signatureOf } from './signed-by.ts';

type Sign = (data: Buffer, done: (signature: Buffer) => void) => void;
export type AskWith = (user: string, key: ParsedKey, algorithm: string | undefined, sign?: Sign) => void;

/** What the library has of a connection, as far as it is used here. */
type Protocol = {
  authPK: AskWith;
  readonly _kex: { readonly sessionID: Buffer };
  readonly _authsQueue: string[];
  readonly _cipher: { readonly encrypt: (packet: Buffer) => void };
  readonly _packetRW: {
    readonly write: {
      readonly allocStart: number;
      readonly alloc: (payloadBytes: number) => Buffer;
      readonly finalize: (packet: Buffer) => Buffer;
    };
  };
};

const authRequest = 50;

/** To be called once the client connects. */
export function showCertificates(client: Client): void {
  const { _protocol: protocol } = client as unknown as { readonly _protocol: Protocol };
  const ask = protocol.authPK.bind(protocol);
  protocol.authPK = (user, key, algorithm = key.type, sign) => {
    if (!isCertified(key)) return ask(user, key, algorithm, sign);
    const request = Buffer.concat([
      Buffer.of(authRequest),
      ...[user, 'ssh-connection', 'publickey'].map((text) => field(Buffer.from(text))),
      Buffer.of(sign ? 1 : 0),
      field(certifiedName(algorithm)),
      field(key.getPublicSSH()),
    ]);
    if (!sign) return send(protocol, request);
    sign(Buffer.concat([field(protocol._kex.sessionID), request]), (signature) =>
      send(protocol, Buffer.concat([request, field(signatureOf(algorithm, signature))])),
    );
  };
}

/** As the library sends a request to be let in, which it does when no keys are being agreed on. */
function send(
  { _packetRW: { write }, _authsQueue: asked, _cipher: cipher }: Protocol,
  payload: Buffer,
): void {
  const packet = write.alloc(payload.length);
  packet.set(payload, write.allocStart);
  asked.push('publickey'); // it reads the answer as that
  cipher.encrypt(write.finalize(packet));
}
