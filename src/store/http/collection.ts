/** Directories of WebDAV, which some servers give to nobody who asks for them as for a file, with a slash or without. */
import { shortText } from './short-text.ts';
import { type Ask, drop, type Wire } from './wire.ts';

const mostBytes = 64 * 1024;
const type = /<(?:[\w-]+:)?resourcetype\b[^<>]*>\s*<(?:[\w-]+:)?collection\b/i;

/** Whether the server says so of a name; false where it knows nothing of WebDAV. */
export async function isCollection(wire: Wire, ask: Ask, signal: AbortSignal): Promise<boolean> {
  const answer = await wire.ask({ ...ask, method: 'PROPFIND', headers: { depth: '0' } }, signal);
  if (answer.status !== 207) {
    drop(answer);
    return false;
  }
  return type.test(await shortText(answer, mostBytes, ask, signal));
}
