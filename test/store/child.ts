/** Writes `file` in the directory it is given, over what is there or `anew`, and prints how that ended. */
import { TransferError } from '../../src/errors.ts';
import { openStore } from '../../src/store/open.ts';
import { at, bodyOf, counted, how, signal } from './bodies.ts';

await using store = await openStore({ kind: 'local', path: Buffer.from(process.argv[2]!) });
const replaces = process.argv[3] === 'anew' ? undefined : await store.stat(at('file'), signal);
const wishes = { replaces, partial: Buffer.from('.partial'), durable: true };
try {
  await store.write(at('file'), bodyOf(counted(700_000)), how(wishes), signal);
  console.log('done');
} catch (error) {
  console.log(error instanceof TransferError ? error.kind : error);
}
