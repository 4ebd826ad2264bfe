import * as fs from 'node:fs';
import { join } from 'node:path';
/** Transfers over Stores, in this process: places that are typed as far ones, and are opened as the test likes. */
import { createControl, type Steering } from '../../src/control.ts';
import type { Location } from '../../src/location/location.ts';
import type { Event, Summary } from '../../src/report/events.ts';
import { asUsual, type TransferRequest } from '../../src/request.ts';
import { openLocalStore } from '../../src/store/local/local-store.ts';
import type { Store } from '../../src/store/store.ts';
import { transfer } from '../../src/transfer.ts';
import type { Way } from '../contract/engine.ts';
import { type Ran, workspace } from './run.ts';

export const plainly: Omit<TransferRequest, 'stateDir'> = {
  ...asUsual,
  streams: 3,
  searchPath: process.env.PATH!,
  verbose: true,
};

export type Over = {
  readonly request?: Partial<TransferRequest>;
  /** what is made of each store that is opened */
  readonly wrap?: (store: Store, path: string) => Store;
  readonly control?: Steering;
  readonly heard?: (event: Event) => void;
};

/** A path of this machine as a place that only Stores lead to. */
export function far(path: string): Location {
  return { kind: 'ssh', user: undefined, host: 'far', port: undefined, path: Buffer.from(path) };
}

/** Opens such places. */
export function opening(wrap: Over['wrap'] = (store) => store) {
  return async (place: Location): Promise<Store> => {
    if (place.kind !== 'ssh' && place.kind !== 'local') throw new Error(place.kind);
    const store = await openLocalStore({ kind: 'local', path: place.path });
    return wrap(store, Buffer.from(place.path).toString());
  };
}

export async function transferOver({ source, dest, state }: Way, over: Over = {}): Promise<Ran> {
  const events: Event[] = [];
  const heard = (event: Event) => {
    events.push(event);
    over.heard?.(event);
  };
  const request = { ...plainly, stateDir: state, ...over.request };
  const control = over.control ?? createControl();
  const summary = await transfer({ source: far(source), dest: far(dest) }, request, {
    report: heard,
    control,
    open: opening(over.wrap),
  });
  return ranOf(events, summary);
}

/** What a child would have said of the same run. */
export function ranOf(events: readonly Event[], summary: Summary): Ran {
  const text = (path: Uint8Array) => Buffer.from(path).toString('latin1');
  const of = <T extends Event['type']>(type: T) =>
    events.filter((event): event is Extract<Event, { type: T }> => event.type === type);
  const failed = of('failed').map(({ failure }) => ({ ...failure, path: text(failure.path) }));
  return {
    status: summary.exitCode,
    stderr: failed.map(({ path, kind, message }) => `${path}: ${kind}: ${message}`).join('\n'),
    entries: of('entry').map(({ action, path, bytes }) => ({ action, path: text(path), bytes })),
    failed,
    differences: of('difference').map(({ difference: { path, what } }) => ({ path: text(path), what })),
    error: undefined,
    summary,
  };
}

/** Two places on this disk: an empty one, and one that is not there yet. */
export function ends(): Way {
  const here = workspace();
  fs.mkdirSync(join(here, 'from'));
  return { source: join(here, 'from'), dest: join(here, 'to'), state: join(here, 'state') };
}
