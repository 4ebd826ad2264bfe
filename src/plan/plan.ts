/**
 * A Plan is plain JSON: the legs of a transfer, each with an engine, its share of the entries, its settings,
 * the predicted time and the reason. Nothing in this folder touches a file, a clock or a process.
 */

export const engineNames = ['parallel', 'tar', 'proxy', 'rsync', 'rclone'] as const;
export type EngineName = (typeof engineNames)[number];
export const strategies = ['auto', ...engineNames] as const;
export type Strategy = (typeof strategies)[number];

export type PlaceKind = 'local' | 'ssh' | 's3' | 'http' | 'cloud';

/** What a prediction rests on: runs of the route, runs on this machine, or constants to begin with. */
export type Basis = 'route' | 'machine' | 'default';

/** Between what and what a time will be, four times of five. */
export type Span = { readonly leastMs: number; readonly mostMs: number };

export type Leg = {
  readonly engine: EngineName;
  readonly entries: 'all' | 'small' | 'large' | 'changed' | 'unchanged';
  readonly files: number | undefined;
  readonly bytes: number | undefined;
  readonly lanes: number | 'auto';
  readonly predictedMs: number | undefined;
  readonly likely: Span | undefined;
  /** what the times rest on; undefined where there are none */
  readonly basis: Basis | undefined;
  readonly reason: string;
};

export type Plan = {
  readonly legs: readonly Leg[];
  readonly predictedMs: number | undefined;
  readonly likely: Span | undefined;
  /** of what there is to do, where that was not looked at yet: `if nothing changed since the last run` */
  readonly assumes?: string;
};
