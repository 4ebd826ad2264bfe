import { damaged } from '../file/fault.ts';
import type { Db } from '../file/sqlite.ts';
import type { Unsettled } from '../types.ts';
import { crcOf, emptySum, type Sum } from './crc.ts';

/** What is known of the route as a whole, in one row. */
export type RouteState = {
  readonly current: string | undefined; // the run that the parts and links belong to
  readonly parts: Sum;
  readonly links: Sum;
  readonly trustedRuns: number;
  readonly unsettled: Unsettled | undefined;
};

const unused: RouteState = {
  current: undefined,
  parts: emptySum,
  links: emptySum,
  trustedRuns: 0,
  unsettled: undefined,
};

export function routeTable(db: Db) {
  const get = db.prepare<[], [string, number]>('SELECT body, crc FROM route WHERE id = 1').raw();
  const put = db.prepare<[string, number]>('INSERT OR REPLACE INTO route (id, body, crc) VALUES (1, ?, ?)');
  return {
    /** Throws 'corrupt' unless it is what was written. */
    read(): RouteState {
      const [body, crc] = get.get() ?? ['', 0];
      if (crcOf('route', body) !== crc) throw damaged('its first row is not what was written');
      return { ...unused, ...(JSON.parse(body) as RouteState) };
    },
    write(state: RouteState = unused): void {
      const body = JSON.stringify(state);
      put.run(body, crcOf('route', body));
    },
  };
}
