import { setFlagsFromString } from 'node:v8';

const startsMs = 1000;

/**
 * Soon buffers that pass through do not make V8 look for garbage all the time any more, which takes half of the processor
 * time of a fast connection. Not before the program has started: what V8 made of Node's functions and of ours when they were
 * built, it believes only while its flags are what they were then.
 */
export function expectBuffers(): void {
  setTimeout(() => setFlagsFromString('--external-memory-accounted-in-global-limit'), startsMs).unref();
}
