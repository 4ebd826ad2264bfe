/** One page of ListObjectsV2. */

import type { ListedObject } from '../entry.ts';
import { answerOf } from '../service/answer.ts';
import { elements, text } from '../service/xml.ts';

export type Page = {
  readonly objects: readonly ListedObject[];
  /** what the keys of directories begin with */
  readonly prefixes: readonly string[];
  /** it is not the last one */
  readonly isCut: boolean;
  /** where the next one begins, where that is said */
  readonly next: string | undefined;
};

/** Throws as `answerOf` does: who took anything else for an empty page would leave out what there is. */
export function pageOf(body: Uint8Array): Page {
  const xml = answerOf(body, 'ListBucketResult');
  const isEncoded = text(xml, 'EncodingType') === 'url';
  const keyOf = (key: string) => (isEncoded ? decoded(key) : key);
  const objects: ListedObject[] = [];
  for (const item of elements(xml, 'Contents')) {
    objects.push({
      key: keyOf(text(item, 'Key') ?? ''),
      size: Number(text(item, 'Size') ?? 0),
      etag: text(item, 'ETag') ?? '',
      modified: text(item, 'LastModified') ?? '',
    });
  }
  const prefixes = [...elements(xml, 'CommonPrefixes')].map((item) => keyOf(text(item, 'Prefix') ?? ''));
  const isCut = text(xml, 'IsTruncated') === 'true';
  return { objects, prefixes, isCut, next: isCut ? text(xml, 'NextContinuationToken') : undefined };
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key; // it is not what it says: then it is a name
  }
}
