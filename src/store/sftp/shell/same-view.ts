/** Whether SFTP and the shell of a host mean the same by the name of a place, asked for as often as it takes. */
import type { SshHost } from '../../../ssh/host.ts';
import type { SftpStore } from '../sftp-store.ts';
import { isSameView } from './view.ts';
import { lookByShell, type Seen } from './what-shell.ts';

const looks = 3; // a directory may change between one and the other

/** What the shell says of it, where both see the same by the name that SFTP has for it. */
export async function sameAgain(
  host: SshHost,
  { survey, root }: Pick<SftpStore, 'survey'> & { readonly root: Uint8Array },
  signal: AbortSignal,
): Promise<Seen | undefined> {
  for (let look = 0; look < looks; look++) {
    const [told, seen] = await Promise.all([lookByShell(host, root, signal), survey(signal)]);
    if (isSameView(told.view, seen)) return told;
  }
  return undefined;
}
