/** Where a server sends us. */
import { percentDecode } from '../../location/percent.ts';
import { trouble } from './fault.ts';
import type { Ask } from './wire.ts';

/** `left` is how often we still let ourselves be sent on. */
export function whereTo(next: string, { url, what, doing }: Ask, left: number): URL {
  const to = URL.parse(next, url);
  if (!to || !/^https?:$/.test(to.protocol))
    throw trouble(doing, what, 'unsupported', 'the server sends us to what is no HTTP address');
  if (url.protocol === 'https:' && to.protocol === 'http:')
    throw trouble(
      doing,
      what,
      'refused',
      'the server sends us where nobody keeps it secret',
      'name https only',
    );
  if (left <= 0) throw trouble(doing, what, 'unsupported', 'the server sends us from place to place');
  to.username = to.password = '';
  return to;
}

/** Whether it is the same name with a slash at its end, however that is written. */
export function isSlashed(asked: URL, sent: URL): boolean {
  const [from, to] = [percentDecode(asked.pathname), percentDecode(sent.pathname)];
  if (!from || !to || sent.origin !== asked.origin) return false;
  return Buffer.concat([from, slash]).equals(to);
}

const slash = Buffer.from('/');
