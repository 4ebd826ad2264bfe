import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RouteNames } from '../../src/journal/backing.ts';
import { routeKey } from '../../src/journal/key.ts';
import type { Commit, CostRow, LeftRow, LinkRow, PartRow, RunEnd } from '../../src/journal/types.ts';
import { emptyProfile } from '../../src/profile/profile.ts';
import { emptyTally } from '../../src/report/events.ts';

/** An empty directory that goes when it is disposed of. */
export function scratch(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'difpipe-journal-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export function routeOf(source: string, dest: string): RouteNames {
  const end = (path: string) => ({ kind: 'local', canonical: Buffer.from(path) }) as const;
  return { key: routeKey(end(source), end(dest)), source, dest };
}

export const route = routeOf('/from', '/to');

export const start = { settings: '{"verify":true}', predictedMs: 1200 };

export function commitOf(parts: Partial<Commit>): Commit {
  const lists = {
    done: [],
    added: [],
    ranges: [],
    links: [],
    linksDone: [],
    left: [],
    leftEnd: [],
    failures: [],
  };
  return { ...lists, tally: emptyTally(), profile: emptyProfile(), notices: {}, walkEnded: false, ...parts };
}

export function endOf(parts: Partial<RunEnd>): RunEnd {
  const counts = { tally: emptyTally(), profile: emptyProfile(), notices: {} };
  const times = { predictedMs: undefined, whyOff: undefined, expected: undefined, elapsedMs: 5 };
  return { state: 'done', ...counts, ...times, ...parts };
}

export function partOf(id: number, parts: Partial<PartRow> = {}): PartRow {
  const names = Buffer.from(`a${id}\0b\xff${id}\0`, 'latin1');
  return {
    id,
    kind: 'names',
    dir: Buffer.from(`d${id}`),
    names,
    detail: `{"n":${id}}`,
    ranges: null,
    ...parts,
  };
}

export function linkOf(inode: bigint, name: string, device = 1n): LinkRow {
  return { device, inode, dir: Buffer.from('d'), name: Buffer.from(name) };
}

export function leftOf(dir: bigint, slice: number, prints = `prints of ${dir}/${slice}`): LeftRow {
  return { dir, slice, stamp: 1_800_000_000_123_456_789n, prints: Buffer.from(prints) };
}

export function costRow(engine: string, runs: number): CostRow {
  const times = {
    setupMs: 0.1,
    perFileMs: 1 / 3,
    perByteMs: 1e-9,
    perSkipMs: 0,
    perComparedMs: 1e-9,
    perTrip: 1,
  };
  return { engine, ...times, doubt: times, runs };
}

/** Small numbers that look random and are the same for the same seed. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
