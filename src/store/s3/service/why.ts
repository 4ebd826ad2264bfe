/** Why a look was refused: an answer to HEAD has no room for that, one to another question has. */
import { isRefusal, Refusal } from './fault.ts';
import type { Service } from './service.ts';

export const listingOfNothing = {
  method: 'GET',
  key: '',
  query: { 'list-type': '2', 'max-keys': '0' },
} as const;

/** Of the bucket. Undefined where it is not refused: what was learnt thereby may let HEAD through, too. */
export async function whyNot(service: Service, error: unknown, signal: AbortSignal): Promise<unknown> {
  if (!isRefusal(error, 301, 307, 400, 403)) return error;
  return reasonIn(service.ask(listingOfNothing, signal), error);
}

/** Of one object, where the bucket is open. */
export async function whyNotOne(
  service: Service,
  key: string,
  error: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  if (!isRefusal(error, 400, 403) || key === '') return error;
  const first = { method: 'GET', key, headers: { range: 'bytes=0-0' } } as const;
  const read = service.open(first, signal).then(({ leave }) => leave());
  return (await reasonIn(read, error)) ?? error;
}

/** What is refused in the same way has the reason. */
async function reasonIn(asked: Promise<unknown>, error: Refusal): Promise<unknown> {
  try {
    await asked;
    return undefined;
  } catch (reason) {
    if (!(reason instanceof Refusal)) return reason; // it could not be asked
    if (reason.status !== error.status) return error;
    reason.hint ??= error.hint;
    return reason;
  }
}
