/** Transfers in this process between this machine and a real sshd on it, which is another one as far as they know. */
import { createControl, type Steering } from '../../src/control.ts';
import type { Location } from '../../src/location/location.ts';
import type { Event } from '../../src/report/events.ts';
import type { TransferRequest } from '../../src/request.ts';
import type { OpenStore } from '../../src/store/open.ts';
import { transfer } from '../../src/transfer.ts';
import { createOpener } from '../../src/way/opener.ts';
import type { Way } from '../contract/engine.ts';
import type { Sshd } from '../ssh/sshd.ts';
import { plainly, ranOf } from './over.ts';
import type { Ran } from './run.ts';

export type Ends = { readonly source: 'here' | 'far'; readonly dest: 'here' | 'far' };

export const push: Ends = { source: 'here', dest: 'far' };
export const pull: Ends = { source: 'far', dest: 'here' };
export const relay: Ends = { source: 'far', dest: 'far' };

export type Over = {
  readonly request?: Partial<TransferRequest>;
  readonly control?: Steering;
  /** what is made of the way in which places are opened */
  readonly opened?: (open: OpenStore) => OpenStore;
};

export async function transferFar(
  sshd: Sshd,
  ends: Ends,
  { source, dest, state }: Way,
  { request, control = createControl(), opened = (open) => open }: Over = {},
): Promise<Ran> {
  const events: Event[] = [];
  const place = (path: string, end: 'here' | 'far'): Location =>
    end === 'far' ? sshd.place(path) : { kind: 'local', path: Buffer.from(path) };
  await using opener = createOpener(() => sshd.access, { wantsShell: true }, control.signal);
  const summary = await transfer(
    { source: place(source, ends.source), dest: place(dest, ends.dest) },
    { ...plainly, stateDir: state, ...request },
    { report: (event) => void events.push(event), control, open: opened(opener.open) },
  );
  return ranOf(events, summary);
}
