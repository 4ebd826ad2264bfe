/** Directories that were seen, and whether the service can hold empty ones. */
import type { Metadata } from '../entry.ts';

export type Seen = {
  /** undefined: not known yet */
  holdsMarkers: boolean | undefined;
  /** with what was put on its marker, where that was us */
  readonly add: (key: string, worn?: Metadata) => void;
  readonly worn: (key: string) => Metadata | undefined;
  readonly has: (key: string) => boolean;
  readonly forget: (key: string) => void;
};

const most = 10_000;

export function createSeen(): Seen {
  const keys = new Map<string, Metadata | undefined>();
  return {
    holdsMarkers: undefined,
    add(key, worn) {
      if (keys.size >= most) keys.clear();
      keys.set(key, worn);
    },
    worn: (key) => keys.get(key),
    has: (key) => keys.has(key),
    forget: (key) => void keys.delete(key),
  };
}
