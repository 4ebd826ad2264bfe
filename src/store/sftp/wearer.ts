/** What has a path on the server, to be dressed without following it where it is a symlink. */
import * as c from '../../work/posix/constants.ts';
import { typeOf } from './entry.ts';
import type { Wearer } from './give.ts';
import { status } from './numbers.ts';
import { lookAt, setAttributes } from './requests.ts';
import type { Sftp } from './sftp.ts';
import { isRefusal, Refusal } from './status.ts';

export function wearerOf(sftp: Sftp, whole: Uint8Array, signal: AbortSignal): Wearer {
  const look = async () => {
    const found = await lookAt(sftp.client, whole, signal);
    if (found) return found;
    throw new Refusal(status.NO_SUCH_FILE, 'not there');
  };
  const setOrFollow: Wearer['set'] = async (attributes) => {
    if (typeOf(await look()) === c.S_IFLNK) throw new Refusal(status.OP_UNSUPPORTED, 'a symlink');
    await setAttributes(sftp.client, whole, attributes, signal);
  };
  const { dress } = sftp;
  if (!dress) return { look, set: setOrFollow };
  const set: Wearer['set'] = async (attributes) => {
    try {
      await dress(whole, attributes, signal);
    } catch (error) {
      if (!isRefusal(error, status.FAILURE, status.OP_UNSUPPORTED)) throw error;
      await setOrFollow(attributes); // its system cannot do that without following
    }
  };
  return { look, set };
}
