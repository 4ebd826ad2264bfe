import type { HttpPlace, Location } from './location.ts';

const signatures = /^(?:x-(?:amz|goog)-signature|signature|sig)$/i;

/** Whether an address carries a signature, which lets its bearer do with one file what it was made for, and nothing else. */
export function isSigned(place: Location): place is HttpPlace {
  return (
    place.kind === 'http' && [...new URL(place.url).searchParams.keys()].some((key) => signatures.test(key))
  );
}
