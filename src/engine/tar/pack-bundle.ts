import { compileRules } from '../../profile/filter.ts';
import { emptyProfile } from '../../profile/profile.ts';
import { Walk } from '../../profile/walk.ts';
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import { Opened } from '../../work/posix/opened.ts';
import { Opener } from '../../work/posix/opener.ts';
import { Flow } from './flow.ts';
import { Gathering } from './gathering.ts';
import type { PackOrder, PackSetup, Piece } from './pack-thread.ts';
import { Sources } from './sources.ts';

const slot = new Slot();
const flags = c.O_RDONLY | c.O_DIRECTORY;

/** Walks the bundle until its budget is spent, and tells what it packs as it goes, in bytes of their own. */
export function packBundle(
  { root, rules, how, flow: shared }: PackSetup,
  { id, bundle, stage, most }: PackOrder,
  tell: (piece: Piece, transfer: ArrayBuffer[]) => void,
): void {
  const flow = new Flow(shared);
  using sources = new Sources(root);
  using opened = new Opened(libc.openat(c.AT_FDCWD, slot.put(root), flags | c.O_CLOEXEC, 0));
  using opener = new Opener(opened.fd, flags);
  const gathering = new Gathering(bundle, id, sources, { ...how, stage });
  const rest = gathering.ledger.out.rest;
  const isSpent = () => {
    send(gathering.take());
    return gathering.entries >= most.entries || gathering.bytes >= most.bytes;
  };
  const send = (chunks: readonly Uint8Array[]) => {
    for (const chunk of chunks) {
      flow.adds(chunk.length);
      tell({ id, chunk, ...gathering.news() }, [chunk.buffer as ArrayBuffer]);
    }
  };
  const walk = new Walk(
    {
      root: opened.fd,
      opener,
      excluded: rules.length > 0 ? compileRules(rules) : undefined,
      oneFileSystem: false,
      descendInto: false,
    },
    emptyProfile(), // the visitor counts what it takes
    {
      stopped: () => flow.stopped,
      spent: isSpent,
      wanted: () => (isSpent() ? 'some' : 'nothing'),
      share: (given) => rest.push(given),
    },
  );
  rest.push(...walk.run(bundle, gathering));
  send(gathering.finish());
  const { out } = gathering.ledger;
  tell({ id, out, ...gathering.news() }, []);
}
