/** Does one thing in the directory it is given, and prints how that ended. */
import { TransferError } from '../../src/errors.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { at, bodyOf, counted, how, namesIn, signal } from './bodies.ts';

const [path, what] = process.argv.slice(2) as [string, keyof typeof deeds];

const deeds = {
  anew: (store: Store) => write(store, false),
  over: (store: Store) => write(store, true),
  list: async (store: Store) => (await namesIn(store)).join(' '),
};

async function write(store: Store, replacing: boolean): Promise<string> {
  const replaces = replacing ? await store.stat(at('file'), signal) : undefined;
  const wishes = { replaces, partial: Buffer.from('.partial'), durable: true };
  await store.write(at('file'), bodyOf(counted(700_000)), how(wishes), signal);
  return 'done';
}

try {
  await using store = await openStore({ kind: 'local', path: Buffer.from(path) });
  console.log(await deeds[what](store));
} catch (error) {
  console.log(error instanceof TransferError ? error.kind : error);
}
