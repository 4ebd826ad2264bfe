import { loadKoffi } from '../native.ts';

/**
 * Ends the process now, whatever its threads are doing: no handler runs, nothing is written. Node's own exit first
 * ends its threads, and one that is inside a native call then takes the exit code with it.
 */
export function exitNow(code: number): never {
  const end = loadKoffi().load('libc.so.6').func('_exit', 'void', ['int']);
  end(code);
  throw new Error('the process did not end');
}
