import { createHash } from 'node:crypto';
import type { PlaceKind } from '../plan/plan.ts';

/** One end of a route: its canonical form as bytes, the same however a person typed it. */
export type RouteEnd = { readonly kind: PlaceKind; readonly canonical: Uint8Array };

/** The name of a route's files under the state directory: 24 hex digits, the same for the same two ends. */
export function routeKey(source: RouteEnd, dest: RouteEnd): string {
  const hash = createHash('sha256');
  hash.update(source.kind).update(source.canonical).update('\0').update(dest.kind).update(dest.canonical);
  return hash.digest('hex').slice(0, 24);
}
