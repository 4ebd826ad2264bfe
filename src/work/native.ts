import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getAsset, getRawAsset, isSea } from 'node:sea';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import type * as Koffi from 'koffi';
import { unpack } from './unpack-addon.ts';

// The native addons. From the sources they are loaded where npm put them. In the one-file program
// they are assets, which the system can only load from a file: `unpack` writes them, once.

const modules = join(import.meta.dirname, '../../node_modules');
const { arch } = process;

/** Where npm put them. */
export const addons = {
  koffi: `${modules}/@koromix/koffi-linux-${arch}/linux_${arch}/koffi.node`,
  sqlite: `${modules}/better-sqlite3/prebuilds/linux-${arch}.node`,
  crc: `${modules}/@node-rs/crc32-linux-${arch}-gnu/crc32.linux-${arch}-gnu.node`,
} as const;

type Addon = keyof typeof addons;

// Only ever given absolute paths, so what it is relative to does not matter.
const load = createRequire(process.execPath);

/** koffi, loaded on the first call in each thread. */
export function loadKoffi(): typeof Koffi {
  return addon('koffi').exports as typeof Koffi;
}

/** The path to give better-sqlite3 as `nativeBinding`; what is there has been seen to load. */
export function sqliteBinding(): string {
  return addon('sqlite').path;
}

/** Each is the sum of all that went before, whose sum is the second argument, and these bytes. */
export type Adders = Readonly<Record<'crc32' | 'crc32c', (bytes: Uint8Array, sum: number) => number>>;

/** CRCs by the processor's own instructions. Throws where they cannot be loaded. */
export function loadAdders(): Adders {
  return addon('crc').exports as Adders;
}

function addon(name: Addon): { readonly path: string; readonly exports: unknown } {
  const path = isSea() ? unpacked(name) : addons[name];
  try {
    return { path, exports: load(path) };
  } catch (cause) {
    const hint = 'set XDG_CACHE_HOME to a directory that is not mounted noexec';
    throw new Error(`cannot load ${path}: ${(cause as Error).message}; ${hint}`, { cause });
  }
}

/** Unpacked by the first thread that needs it; threads started later are told where it is. */
function unpacked(name: Addon): string {
  const key = `difpipe:${name}`;
  const known = getEnvironmentData(key);
  if (typeof known === 'string') return known;
  const place = { cache: cacheHome(), temps: [tmpdir(), '/tmp', '/var/tmp', '/dev/shm'] };
  const path = unpack(
    { name: `${name}.node`, bytes: getRawAsset(name), digest: getAsset('digest', 'utf8') },
    place,
  );
  setEnvironmentData(key, path);
  return path;
}

function cacheHome(): string | undefined {
  const { XDG_CACHE_HOME: cache, HOME: home } = process.env;
  if (cache?.startsWith('/')) return cache;
  return home?.startsWith('/') ? `${home}/.cache` : undefined;
}
