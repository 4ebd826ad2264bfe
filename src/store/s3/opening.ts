/**
 * A place is looked at several times while it is opened, on a long way one after the other. So what was seen of it is
 * believed for a moment, and no longer than until something is changed there.
 */
import type { Entry } from '../entry.ts';
import type { Page } from './listing/listing.ts';
import type { Service } from './service/service.ts';

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
  const held = <T>() => {
    let value: Promise<T> | undefined;
    return {
      now(known: Promise<T> | undefined) {
        value = known;
      },
      async ask(ask: () => Promise<T>): Promise<T> {
        if (value && performance.now() <= untilMs) return value;
        const asked = ask();
        if (isChanged) return asked;
        value = asked;
        asked.catch(() => {
          value = undefined;
        });
        return asked;
      },
    };
  };
  const [entry, page] = [held<Entry | undefined>(), held<Page>()];
  return {
    entry: entry.ask,
    page: page.ask,
    changed(seen) {
      isChanged = true;
      entry.now(seen && Promise.resolve(seen));
      page.now(undefined);
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
