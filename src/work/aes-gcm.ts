/**
 * AES-GCM where the bytes lie, by the OpenSSL that is part of Node: no memory is made and nothing is copied, so 32 KiB
 * take 2 µs where node:crypto takes 11 to 20. Only memory that has an address (see posix/memory.ts).
 */
import { loadKoffi } from './native.ts';
import { type Block, block } from './posix/memory.ts';

/** With one key. Its numbers used once are the caller's; disposed of, it may not be used again. */
export type AesGcm = Disposable & {
  /** Seals so many bytes at an address, in place; the tag is written behind them. */
  readonly seal: (nonce: Uint8Array, how: Stretch) => void;
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

type Numbers = (...args: number[]) => number;

/** Of OpenSSL's EVP interface. */
type Calls = Readonly<Record<'create' | 'free' | 'begin' | 'update' | 'end' | 'control' | GcmName, Numbers>>;

let calls: Calls | undefined | 'unknown' = 'unknown';

/** Undefined where this Node does not show its OpenSSL. */
export function aesGcm(name: GcmName, key: Uint8Array): AesGcm | undefined {
  if (calls === 'unknown') calls = find();
  if (!calls || key.length !== keyLengths[name]) return undefined;
  return new Sealing(calls, name, key);
}

function find(): Calls | undefined {
  try {
    const program = loadKoffi().load(null);
    const call = (called: string, shape: readonly ('int' | 'uintptr_t')[], result = 'int') =>
      program.func(called, result, [...shape]) as Numbers;
    const [i, p] = ['int', 'uintptr_t'] as const;
    return {
      create: call('EVP_CIPHER_CTX_new', [], p),
      free: call('EVP_CIPHER_CTX_free', [p], 'void'),
      begin: call('EVP_EncryptInit_ex', [p, p, p, p, p]),
      update: call('EVP_EncryptUpdate', [p, p, p, p, i]),
      end: call('EVP_EncryptFinal_ex', [p, p, p]),
      control: call('EVP_CIPHER_CTX_ctrl', [p, i, i, p]),
      'aes-128-gcm': call('EVP_aes_128_gcm', [], p),
      'aes-256-gcm': call('EVP_aes_256_gcm', [], p),
    };
  } catch {
    return undefined; // a Node whose OpenSSL is hidden, or none of ours
  }
}

const getTag = 0x10; // EVP_CTRL_AEAD_GET_TAG

class Sealing implements AesGcm {
  readonly #calls: Calls;
  readonly #nonce: Block = block(nonceBytes);
  readonly #written: Block = block(4);
  readonly #context: number;
  #isOver = false;

  constructor(found: Calls, name: GcmName, key: Uint8Array) {
    this.#calls = found;
    this.#context = found.create();
    const held = block(key.length);
    held.bytes.set(key);
    const began = found.begin(this.#context, found[name](), 0, held.at, 0);
    held.bytes.fill(0);
    if (began !== 1) throw new Error(`cannot use ${name}`);
  }

  readonly seal = (nonce: Uint8Array, { at, bytes, openBytes }: Stretch): void => {
    if (this.#isOver) throw new Error('a key was used after its end');
    const { begin, update, end, control } = this.#calls;
    this.#nonce.bytes.set(nonce);
    const context = this.#context;
    const written = this.#written.at;
    const isSealed =
      begin(context, 0, 0, 0, this.#nonce.at) &
      update(context, 0, written, at - openBytes, openBytes) &
      update(context, at, written, at, bytes) &
      end(context, at + bytes, written) &
      control(context, getTag, tagBytes, at + bytes);
    if (isSealed !== 1) throw new Error('cannot seal a packet');
  };

  [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#calls.free(this.#context);
  }
}
