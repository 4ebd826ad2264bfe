/**
 * The library says which ways to exchange keys it has when it has heard the host's name, and begins with one when it has
 * heard which of them the host has: two round trips. A host takes the first of ours that it has, too, which for nearly all of
 * them is the first one, so that is begun with our name. What the library sends later is what was sent then.
 */
import { generateKeyPairSync } from 'node:crypto';
import type { Client } from 'ssh2';
import type { Algorithms } from '../config/algorithms.ts';

/** What the library has of a client, as far as it is used here. */
type Inside = {
  readonly _protocol: {
    start: () => void;
    readonly rekey: () => void;
    _kexinit: Buffer | undefined;
    readonly _kex: { readonly negotiated: { readonly kex: string }; _keys: unknown };
    readonly _cipher: {
      encrypt: (packet: Buffer) => void;
      readonly allocPacket: (payloadBytes: number) => Buffer;
    };
  };
};

const typeAt = 5;
const kexInit = 20;
const ecdhInit = 30; // what begins any other exchange is of a higher type
const keyBytes = 32;

/** Whether the way that is named first is the one that this knows. */
export function isBegunWithOurs({ kex }: Pick<Algorithms, 'kex'>): boolean {
  return isCurve25519(kex[0]!);
}

/** To be called once the client connects. `wrong` is told where the host takes another one after all: it understands no more. */
export function keysAtOnce(client: Client, wrong: () => void): void {
  const { _protocol: protocol } = client as unknown as Inside;
  const { _cipher: cipher, start } = protocol;
  const { encrypt } = cipher;
  const keys = generateKeyPairSync('x25519');
  let offered: Buffer | undefined;
  const said = (packet: Buffer) => {
    if (packet[typeAt] === kexInit) protocol._kexinit = offered;
    else if (packet[typeAt]! < ecdhInit) encrypt.call(cipher, packet);
    else {
      cipher.encrypt = encrypt;
      if (isCurve25519(protocol._kex.negotiated.kex)) protocol._kex._keys = keys;
      else wrong();
    }
  };
  protocol.start = () => {
    start();
    protocol.rekey();
    offered = protocol._kexinit;
    const packet = cipher.allocPacket(1 + 4 + keyBytes);
    packet[typeAt] = ecdhInit;
    packet.writeUInt32BE(keyBytes, typeAt + 1);
    packet.set(keys.publicKey.export({ type: 'spki', format: 'der' }).subarray(-keyBytes), typeAt + 5);
    cipher.encrypt(packet);
    cipher.encrypt = said;
  };
}

function isCurve25519(name: string): boolean {
  return name.startsWith('curve25519-sha256');
}
