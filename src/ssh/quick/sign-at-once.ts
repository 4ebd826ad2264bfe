/**
 * The library asks the host whether a key would do before it signs with it, which takes a round trip. Where a signature
 * asks nobody anything, it goes with the question.
 */
import type { Client, ParsedKey } from 'ssh2';
import type { AskWith } from '../proof/show-certificate.ts';
import type { Hash } from '../proof/signers.ts';

/** Undefined for a key that the host is to be asked about first. */
export type Ready = (
  key: ParsedKey,
) => ((data: Buffer, hash: Hash | undefined) => Promise<Buffer>) | undefined;

const hashes: Readonly<Record<string, Hash>> = {
  'ssh-rsa': 'sha1',
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
};

/** To be called once the client connects. What cannot sign after all is asked about. `signed` hears of each signature. */
export function signAtOnce(client: Client, ready: Ready, signed: () => void = () => undefined): void {
  const protocol = (client as unknown as { readonly _protocol: { authPK: AskWith } })._protocol;
  const ask = protocol.authPK.bind(protocol);
  protocol.authPK = (user, key, algorithm, given) => {
    const sign = given ? undefined : ready(key);
    if (!sign && !given) return ask(user, key, algorithm);
    ask(user, key, algorithm, (data, done) => {
      const sent = (signature: Buffer) => {
        done(signature);
        signed();
      };
      if (given) given(data, sent);
      else sign!(data, hashes[algorithm ?? key.type]).then(sent, () => ask(user, key, algorithm));
    });
  };
}
