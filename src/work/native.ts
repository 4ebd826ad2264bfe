import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';

const inModules = {
  koffi: () => `@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`,
  sqlite: () => `better-sqlite3/prebuilds/linux-${process.arch}.node`,
} as const;

type Addon = keyof typeof inModules;

const load = createRequire(import.meta.url);

/** koffi, loaded on the first call in each thread. */
export function loadKoffi(): typeof Koffi {
  return load(pathOf('koffi'));
}

/** The path for better-sqlite3's `nativeBinding` option. */
export function sqliteBinding(): string {
  return pathOf('sqlite');
}

function pathOf(addon: Addon): string {
  return `${import.meta.dirname}/../../node_modules/${inModules[addon]()}`;
}
