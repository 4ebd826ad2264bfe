/** Signatures as SSH writes them: whether one is a host's, and how ours is told to a program that asks for it. */
import { createPublicKey, verify } from 'node:crypto';
import { Fields, field } from '../wire.ts';

const curves: Readonly<
  Record<string, { readonly crv: string; readonly bytes: number; readonly hash: string }>
> = {
  'ecdsa-sha2-nistp256': { crv: 'P-256', bytes: 32, hash: 'sha256' },
  'ecdsa-sha2-nistp384': { crv: 'P-384', bytes: 48, hash: 'sha384' },
  'ecdsa-sha2-nistp521': { crv: 'P-521', bytes: 66, hash: 'sha512' },
};
const rsaHashes: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' };

/** Whether who has the private half of this public key signed the data. False for what is no signature at all. */
export function isSignedBy(key: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verified(new Fields(key), data, new Fields(signature));
  } catch {
    return false; // it is not made as a signature is
  }
}

function verified(key: Fields, data: Uint8Array, signature: Fields): boolean {
  const type = key.text();
  const algorithm = signature.text();
  const value = signature.string();
  signature.end();
  if (type === 'ssh-ed25519') {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64(key.string()) };
    return algorithm === type && verify(null, data, publicKey(jwk), value);
  }
  if (type === 'ssh-rsa') {
    const [e, n] = [key.string(), key.string()];
    const hash = rsaHashes[algorithm];
    const jwk = { kty: 'RSA', e: base64(bare(e)), n: base64(bare(n)) };
    return hash !== undefined && verify(hash, data, publicKey(jwk), value);
  }
  const curve = curves[type];
  if (!curve || algorithm !== type) return false;
  key.string(); // the curve's name
  const point = key.string().subarray(1);
  const { crv, bytes, hash } = curve;
  const jwk = { kty: 'EC', crv, x: base64(point.subarray(0, bytes)), y: base64(point.subarray(bytes)) };
  const numbers = new Fields(value);
  const both = [numbers.string(), numbers.string()].map((one) => padded(bare(one), bytes));
  return verify(hash, data, { key: publicKey(jwk), dsaEncoding: 'ieee-p1363' }, Buffer.concat(both));
}

function publicKey(key: Readonly<Record<string, string>>) {
  return createPublicKey({ key, format: 'jwk' });
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64url');
}

/** A number without the zero that says that it is positive. */
function bare(value: Buffer): Buffer {
  return value[0] === 0 ? value.subarray(1) : value;
}

function padded(value: Buffer, bytes: number): Buffer {
  if (value.length > bytes) throw new RangeError('a number is longer than its curve');
  return Buffer.concat([Buffer.alloc(bytes - value.length), value]);
}

/** The library gives two numbers as OpenSSL does: SSH has them one behind the other. */
export function signatureOf(algorithm: string, value: Buffer): Buffer {
  return Buffer.concat([
    field(algorithm),
    field(value[0] === 0x30 && algorithm in curves ? pair(value) : value),
  ]);
}

function pair(der: Buffer): Buffer {
  let at = der[1]! & 0x80 ? 3 : 2;
  const next = () => {
    const value = der.subarray(at + 2, at + 2 + der[at + 1]!);
    at += 2 + value.length;
    return field(value);
  };
  return Buffer.concat([next(), next()]);
}
