import type { Failure } from '../../report/events.ts';

/** The source was not the same before and after it was read, as often as was tried. */
export function changedFault(path: Uint8Array): Failure {
  return {
    path,
    kind: 'changed',
    message: 'it changed while it was read, each time it was tried',
    hint: 'run again when nobody writes to it, or copy from a snapshot',
  };
}
