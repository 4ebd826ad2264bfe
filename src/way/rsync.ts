/** A way that rsync goes: between two places of this machine, or one here and one behind SSH. */

import type { Tools } from '../engine/rsync/program/tools.ts';
import { rsync } from '../engine/rsync/rsync.ts';
import { TransferError } from '../errors.ts';
import type { Places } from '../location/location.ts';
import { inWords } from '../report/in-words.ts';
import type { TransferRequest } from '../request.ts';
import { type Between, openBetween, unmadeIfRefused } from './between.ts';
import { fromOf } from './destination.ts';
import { mustNotCompress } from './may-batch.ts';
import { rsyncOpening } from './rsync-opening.ts';
import { rsyncSetup } from './rsync-setup.ts';
import { type RsyncEnds, rsyncEnds, withTools } from './rsync-tools.ts';
import type { Opens, Way } from './way.ts';

/** Throws 'unsupported' where rsync cannot go it, or is not at both ends. */
export async function openRsync(
  { source: from, dest: to }: Places,
  request: TransferRequest,
  opens: Opens,
  signal: AbortSignal,
): Promise<Way> {
  refuseAsked(request);
  const { asked, ...opening } = rsyncOpening(from, request, opens, signal);
  await using stack = new AsyncDisposableStack();
  const between = stack.use(await openBetween(from, to, opening, signal));
  const found = await unmadeIfRefused(between, async () => {
    const ends = rsyncEnds(between);
    refuseOther(between, ends);
    return withTools(ends, request.searchPath, signal, asked());
  });
  const kept = stack.move();
  return {
    ends: between,
    isNew: between.isNew,
    unmake: between.unmake,
    from: fromOf(between),
    unkept: unkeptOf(request, found.tools),
    carries: found.tools,
    comparesAttributes: false,
    move: (known, order, telling) =>
      rsync({ ...order, setup: rsyncSetup(between, found, request, known) }, telling),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function refuseAsked({ compress, oneFileSystem }: TransferRequest): void {
  if (oneFileSystem)
    throw new TransferError('unsupported', '--one-file-system and --strategy rsync do not go together', {
      hint: 'leave other file systems out with --exclude',
    });
  mustNotCompress(compress);
}

function refuseOther({ source, dest }: Between, { from, to }: RsyncEnds): void {
  const hint = 'choose another --strategy';
  if (from.kind === 'far' && to.kind === 'far')
    throw new TransferError('unsupported', 'rsync does not copy from one remote place to another', { hint });
  if (source.name && dest.name && Buffer.compare(source.name, dest.name) !== 0)
    throw new TransferError('unsupported', 'rsync does not give one file another name here', { hint });
}

function unkeptOf({ preserve }: TransferRequest, { xattrs, acls }: Tools): string | undefined {
  const words = [
    preserve.xattrs && !xattrs && 'extended attributes',
    preserve.acls && !acls && 'access control lists',
  ];
  return inWords(words) || undefined;
}
