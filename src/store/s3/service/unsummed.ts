/**
 * A service that may know of no checksums and refuse what speaks of them, as Backblaze B2 does: then it is asked without
 * from now on, and what is written goes with an MD5.
 */
import { createHash } from 'node:crypto';
import { isRefusal } from './fault.ts';
import type { Ask, Service } from './service.ts';

export function unsummed(service: Service): Service {
  let isPlain = false;
  const asking = async <T>(ask: Ask, how: (ask: Ask) => Promise<T>): Promise<T> => {
    if (!isSummed(ask)) return how(ask);
    if (isPlain) return how(plain(ask));
    try {
      return await how(ask);
    } catch (error) {
      if (!isAboutSums(error, ask)) throw error;
      const answer = await how(plain(ask));
      isPlain = true;
      return answer;
    }
  };
  return {
    ...service,
    ask: (ask, signal) => asking(ask, (one) => service.ask(one, signal)),
    open: (ask, signal) => asking(ask, (one) => service.open(one, signal)),
  };
}

const ours = 'x-amz-checksum-';

function isSummed({ method, headers = {} }: Ask): boolean {
  if (method === 'POST') return false; // uploads have a way of their own
  for (const name in headers) if (name.startsWith(ours)) return true;
  return false;
}

/** An answer to HEAD has no room for what it is about. */
function isAboutSums(error: unknown, { method }: Ask): boolean {
  if (!isRefusal(error, 400, 501)) return false;
  return method === 'HEAD' || /x-amz-checksum-\w/i.test(`${error.message} ${error.about ?? ''}`);
}

function plain(ask: Ask): Ask {
  const { body, headers = {} } = ask;
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith(ours));
  const sum = body instanceof Uint8Array && {
    'content-md5': createHash('md5').update(body).digest('base64'),
  };
  return { ...ask, headers: { ...Object.fromEntries(kept), ...sum } };
}
