/** What has a path on the server, to be dressed without following it where it is a symlink. */
import { heardLater } from '../../work/heard-later.ts';
import * as c from '../../work/posix/constants.ts';
import { typeOf } from './entry.ts';
import type { Wearer } from './give.ts';
import { status } from './protocol/numbers.ts';
import { lookAt, setAttributes } from './protocol/requests.ts';
import type { Sftp } from './protocol/sftp.ts';
import { isRefusal, Refusal } from './protocol/status.ts';

/** What is looked at is as it is after all that was set before, also where that takes another question first. */
export function wearerOf(sftp: Sftp, whole: Uint8Array, signal: AbortSignal): Wearer {
  let setting: Promise<unknown> = Promise.resolve();
  let isLate = false; // something was set after what was looked at last
  const lookNow = async () => {
    const found = await lookAt(sftp.client, whole, signal);
    if (found) return found;
    throw new Refusal(status.NO_SUCH_FILE, 'not there');
  };
  const setOrFollow: Wearer['set'] = async (attributes) => {
    if (typeOf(await lookNow()) === c.S_IFLNK) throw new Refusal(status.OP_UNSUPPORTED, 'a symlink');
    isLate = true;
    await setAttributes(sftp.client, whole, attributes, signal);
  };
  const { dress } = sftp;
  const setNow: Wearer['set'] = async (attributes) => {
    try {
      await dress!(whole, attributes, signal);
    } catch (error) {
      if (!isRefusal(error, status.FAILURE, status.OP_UNSUPPORTED)) throw error;
      await setOrFollow(attributes); // its system cannot do that without following
    }
  };
  return {
    set: (attributes) => {
      const set = dress ? setNow(attributes) : setOrFollow(attributes);
      setting = Promise.allSettled([setting, set]);
      return set;
    },
    look: async () => {
      isLate = false;
      const seen = heardLater(lookNow());
      await setting;
      return isLate ? lookNow() : seen;
    },
  };
}
