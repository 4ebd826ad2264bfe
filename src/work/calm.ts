import { setFlagsFromString } from 'node:v8';

/**
 * From now on buffers that pass through do not make V8 look for garbage all the time, which takes half of the processor
 * time of a fast connection. Not said when the program starts: code that was compiled before would be compiled anew.
 */
export function expectBuffers(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
}
