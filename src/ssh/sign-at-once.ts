/**
 * The library asks the host whether a key would do before it signs with it, which takes a round trip. Where a signature
 * asks nobody anything, it goes with the question.
 */
import type { Client, ParsedKey } from 'ssh2';
import type { Hash } from './signers.ts';

/** Undefined for a key that the host is to be asked about first. */
export type Ready = (
  key: ParsedKey,
) => ((data: Buffer, hash: Hash | undefined) => Promise<Buffer>) | undefined;

type Sign = (data: Buffer, done: (signature: Buffer) => void) => void;
type AskWith = (user: string, key: ParsedKey, algorithm: string | undefined, sign?: Sign) => void;

const hashes: Readonly<Record<string, Hash>> = {
  'ssh-rsa': 'sha1',
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
};

/** To be called once the client connects. What cannot sign after all is asked about. */
export function signAtOnce(client: Client, ready: Ready): void {
  const protocol = (client as unknown as { readonly _protocol: { authPK: AskWith } })._protocol;
  const ask = protocol.authPK.bind(protocol);
  protocol.authPK = (user, key, algorithm, given) => {
    const sign = given ? undefined : ready(key);
    if (!sign) return ask(user, key, algorithm, given);
    ask(user, key, algorithm, (data, done) => {
      sign(data, hashes[algorithm ?? key.type]).then(done, () => ask(user, key, algorithm));
    });
  };
}
