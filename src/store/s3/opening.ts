/**
 * A place is looked at several times while it is opened, on a long way one after the other. So what was seen of it is
 * believed for a moment, and no longer than until something is changed there.
 */
import type { Entry } from '../entry.ts';
import type { Page } from './listing.ts';
import type { Service } from './service.ts';

export type Opening = {
  /** The place itself: `look` is called where that is not known. */
  readonly entry: (look: () => Promise<Entry | undefined>) => Promise<Entry | undefined>;
  /** The first page of what is in it. */
  readonly page: (ask: () => Promise<Page>) => Promise<Page>;
  /** Something is changed there; the place itself is like this then, where that is known. */
  readonly changed: (entry?: Entry) => void;
};

const longMs = 10_000;

export function createOpening(): Opening {
  const untilMs = performance.now() + longMs;
  let isChanged = false;
  let entry: Promise<Entry | undefined> | undefined;
  let page: Promise<Page> | undefined;
  const isLate = () => performance.now() > untilMs;
  return {
    entry(look) {
      if (entry && !isLate()) return entry;
      const asked = look();
      if (isChanged) return asked;
      entry = asked;
      asked.catch(() => {
        entry = undefined;
      });
      return asked;
    },
    page(ask) {
      if (page && !isLate()) return page;
      const asked = ask();
      if (isChanged) return asked;
      page = asked;
      asked.catch(() => {
        page = undefined;
      });
      return asked;
    },
    changed(now) {
      isChanged = true;
      entry = now && Promise.resolve(now);
      page = undefined;
    },
  };
}

/** Whatever changes anything there is noticed. */
export function noticing(service: Service, { changed }: Opening): Service {
  return {
    ...service,
    ask(ask, signal) {
      if (ask.method !== 'GET' && ask.method !== 'HEAD') changed();
      return service.ask(ask, signal);
    },
  };
}
