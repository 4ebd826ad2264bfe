/** Only looks: the walk counts. */
import { descend } from '../../profile/visitor.ts';
import type { Lane } from './lane.ts';
import type { Visitor } from './walk/visitor.ts';

const nothing = new Uint8Array(0);

export function scanning(lane: Lane): Visitor<true> {
  return {
    async enter() {
      lane.counted();
      return true;
    },
    directory: async () => descend.yes,
    gives: (_here, entry) => lane.handed.give({ entry, present: undefined }),
    found: (_here, path) => lane.handed.take(path)?.entry,
    async entry(_here, entry) {
      lane.counted();
      const linked = entry.kind === 'file' ? entry.linked : undefined;
      if (linked !== undefined && lane.setup.keep.hardlinks)
        lane.ledger.out.pairs.push({ source: linked, dest: '', path: nothing });
    },
    leave: async () => undefined,
    failed: (path, error) => lane.failed(path, error),
    excluded: () => lane.ledger.notice('excluded'),
  };
}
