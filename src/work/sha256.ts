// Of a few bytes, which is done before node:crypto is loaded: that takes 5 ms, a twentieth of what a small transfer takes.

const roots = (power: (prime: number) => number) => (prime: number) => ((power(prime) % 1) * 2 ** 32) | 0;
const first = primes(64);
const start = first.slice(0, 8).map(roots(Math.sqrt));
const constants = Int32Array.from(first, roots(Math.cbrt));
const blockBytes = 64;
const words = new Int32Array(64);
const turning = new Int32Array(8); // a to h

/** The SHA-256 of all of them one after the other, in hexadecimal. */
export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const padded = pad(Buffer.concat(parts.map((part) => Buffer.from(part as string))));
  const state = Int32Array.from(start);
  for (let at = 0; at < padded.length; at += blockBytes) add(state, padded, at);
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function pad(bytes: Buffer): Buffer {
  const padded = Buffer.alloc(Math.ceil((bytes.length + 9) / blockBytes) * blockBytes);
  bytes.copy(padded);
  padded[bytes.length] = 0x80;
  padded.writeBigUInt64BE(BigInt(bytes.length) * 8n, padded.length - 8);
  return padded;
}

function add(state: Int32Array, block: Buffer, start: number): void {
  for (let at = 0; at < 64; at++) words[at] = at < 16 ? block.readInt32BE(start + at * 4) : spread(at);
  turning.set(state);
  for (let at = 0; at < 64; at++) round(constants[at]! + words[at]!);
  for (let at = 0; at < 8; at++) state[at] = state[at]! + turning[at]!;
}

function round(added: number): void {
  const a = turning[0]!;
  const e = turning[4]!;
  const chosen = (e & turning[5]!) ^ (~e & turning[6]!);
  const one = turning[7]! + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + chosen + added;
  const most = (a & turning[1]!) ^ (a & turning[2]!) ^ (turning[1]! & turning[2]!);
  turning.copyWithin(1, 0, 7);
  turning[4] = turning[4]! + one;
  turning[0] = one + (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + most;
}

function spread(at: number): number {
  const far = words[at - 15]!;
  const near = words[at - 2]!;
  const low = turned(far, 7) ^ turned(far, 18) ^ (far >>> 3);
  const high = turned(near, 17) ^ turned(near, 19) ^ (near >>> 10);
  return words[at - 16]! + low + words[at - 7]! + high;
}

function turned(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let next = 2; found.length < count; next++)
    if (found.every((prime) => next % prime !== 0)) found.push(next);
  return found;
}
