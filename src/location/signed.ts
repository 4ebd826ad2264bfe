import type { HttpPlace, Location } from './location.ts';

const signatures = /^(?:x-(?:amz|goog)-signature|signature|sig)$/i;

/** Whether an address carries a signature, which lets its bearer do with one file what it was made for, and nothing else. */
export function isSigned(place: Location): place is HttpPlace {
  return place.kind === 'http' && hasSignature(new URL(place.url));
}

export function hasSignature({ searchParams }: URL): boolean {
  return [...searchParams.keys()].some((key) => signatures.test(key));
}

/** What is to be said with a PUT beside what is signed: services of Azure want to know what kind of blob it is to be. */
export function besideSignature({ searchParams }: URL): Readonly<Record<string, string>> {
  const isAzure = searchParams.has('sig') && searchParams.has('sv');
  return isAzure ? { 'x-ms-blob-type': 'BlockBlob' } : {};
}

/** Headers that only whoever signed knows the values of, where the address names them. */
export function signedHeaders({ searchParams }: URL): readonly string[] {
  const [, named = ''] = [...searchParams].find(([key]) => /^x-(?:amz|goog)-signedheaders$/i.test(key)) ?? [];
  return named.split(';').filter((name) => name !== '' && name !== 'host');
}
