/**
 * AES-GCM where the bytes lie, by the OpenSSL that is part of Node: no memory is made and nothing is copied, so 32 KiB
 * take 2 µs where node:crypto takes 11 to 20. Only memory that has an address (see posix/memory.ts).
 */
import { loadKoffi } from './native.ts';
import { type Block, block } from './posix/memory.ts';

/** With one key, for one direction. Numbers used once are the caller's; disposed of, it may not be used again. */
export type AesGcm = Disposable & {
  /**
   * Seals, or opens, so many bytes at an address, in place; the tag is behind them. False where it does not open: then
   * what is there is worth nothing.
   */
  readonly turn: (nonce: Uint8Array, how: Stretch) => boolean;
};

export type Stretch = {
  readonly at: number;
  readonly bytes: number;
  /** so many before them are sealed too, but stay as they are */
  readonly openBytes: number;
};

export const tagBytes = 16;

const nonceBytes = 12;
const keyLengths = { 'aes-128-gcm': 16, 'aes-256-gcm': 32 } as const;

export type GcmName = keyof typeof keyLengths;

export type Direction = 'seal' | 'open';

type Numbers = (...args: number[]) => number;

/** Of OpenSSL's EVP interface. */
type Way = Readonly<Record<'begin' | 'update' | 'end', Numbers>>;
type Calls = Readonly<Record<'create' | 'free' | 'control' | GcmName, Numbers> & Record<Direction, Way>>;

let calls: Calls | undefined | 'unknown' = 'unknown';

/** Undefined where this Node does not show its OpenSSL. */
export function aesGcm(direction: Direction, name: GcmName, key: Uint8Array): AesGcm | undefined {
  if (calls === 'unknown') calls = find();
  if (!calls || key.length !== keyLengths[name]) return undefined;
  return create(calls, direction, { name, key });
}

function find(): Calls | undefined {
  try {
    const program = loadKoffi().load(null);
    const call = (called: string, shape: readonly ('int' | 'uintptr_t')[], result = 'int') =>
      program.func(called, result, [...shape]) as Numbers;
    const [i, p] = ['int', 'uintptr_t'] as const;
    const way = (verb: 'Encrypt' | 'Decrypt') => ({
      begin: call(`EVP_${verb}Init_ex`, [p, p, p, p, p]),
      update: call(`EVP_${verb}Update`, [p, p, p, p, i]),
      end: call(`EVP_${verb}Final_ex`, [p, p, p]),
    });
    return {
      create: call('EVP_CIPHER_CTX_new', [], p),
      free: call('EVP_CIPHER_CTX_free', [p], 'void'),
      control: call('EVP_CIPHER_CTX_ctrl', [p, i, i, p]),
      seal: way('Encrypt'),
      open: way('Decrypt'),
      'aes-128-gcm': call('EVP_aes_128_gcm', [], p),
      'aes-256-gcm': call('EVP_aes_256_gcm', [], p),
    };
  } catch {
    return undefined; // a Node whose OpenSSL is hidden, or none of ours
  }
}

/** EVP_CTRL_AEAD_GET_TAG and EVP_CTRL_AEAD_SET_TAG */
const tagControls = { seal: 0x10, open: 0x11 } as const;

function create(
  found: Calls,
  direction: Direction,
  { name, key }: { readonly name: GcmName; readonly key: Uint8Array },
): AesGcm {
  const { begin, update, end } = found[direction];
  const context = found.create();
  const [nonce, written, held]: readonly Block[] = [block(nonceBytes), block(4), block(key.length)];
  held!.bytes.set(key);
  if (begin(context, found[name](), 0, held!.at, 0) !== 1) throw new Error(`cannot use ${name}`);
  held!.bytes.fill(0);
  const tag = (at: number) => found.control(context, tagControls[direction], tagBytes, at);
  let isOver = false;
  return {
    turn(number, { at, bytes, openBytes }) {
      if (isOver) throw new Error('a key was used after its end');
      nonce!.bytes.set(number);
      if (begin(context, 0, 0, 0, nonce!.at) !== 1) return false;
      if (update(context, 0, written!.at, at - openBytes, openBytes) !== 1) return false;
      if (update(context, at, written!.at, at, bytes) !== 1) return false;
      if (direction === 'open' && tag(at + bytes) !== 1) return false;
      if (end(context, at + bytes, written!.at) !== 1) return false;
      return direction === 'open' || tag(at + bytes) === 1;
    },
    [Symbol.dispose]() {
      if (!isOver) found.free(context);
      isOver = true;
    },
  };
}
