import type { PlaceKind } from '../plan/plan.ts';
import { sha256 } from '../work/sha256.ts';

/** One end of a route: its canonical form as bytes, the same however a person typed it. */
export type RouteEnd = { readonly kind: PlaceKind; readonly canonical: Uint8Array };

/** The name of a route's files under the state directory: 24 hex digits, the same for the same two ends. */
export function routeKey(source: RouteEnd, dest: RouteEnd): string {
  return sha256(source.kind, source.canonical, '\0', dest.kind, dest.canonical).slice(0, 24);
}
