/** The directory that a file is to be in, made as WebDAV makes it, with those above it that are missing. */
import { type Ask, drop, type Wire } from './wire.ts';

const made = [200, 201, 204];
const isThere = 405;
const isBelowNothing = [404, 409];

/** True if it is there now. Servers that know nothing of it say no, and make none. */
export async function makeAbove(wire: Wire, { url, what }: Ask, signal: AbortSignal): Promise<boolean> {
  const [above] = /^.*\/(?=[^/]+\/*$)/s.exec(url.pathname) ?? [];
  if (above === undefined || above === '/') return false;
  const directory = new URL(url);
  directory.pathname = above;
  const ask = {
    method: 'MKCOL',
    url: directory,
    headers: {},
    what,
    doing: 'write',
    purpose: 'look',
  } as const;
  const make = async () => {
    const answer = await wire.ask(ask, signal);
    drop(answer);
    return answer.status;
  };
  const status = await make();
  const last =
    isBelowNothing.includes(status) && (await makeAbove(wire, ask, signal)) ? await make() : status;
  return made.includes(last) || last === isThere;
}
