/** The attributes of a file, as the beginning of what a tar packs of it tells them: nobody needs its bytes for that. */
import type { Attributes } from '../../../store/entry.ts';
import { blockBytes, type Member } from '../stream/member.ts';
import { Parser } from '../stream/parser.ts';

/** By path; 'more' is what was too much, 'unread' what could not be read, undefined what has none. */
export type Told = ReadonlyMap<string, Attributes | 'more' | 'unread' | undefined>;

/**
 * What a frame of such a beginning tells; 'more' where it ends too early, undefined where nothing was packed. Throws
 * 'corrupt' for what no tar writes.
 */
export function toldIn(frame: Buffer): Attributes | 'more' | undefined {
  let found: Member | undefined;
  const parser = new Parser({
    begin: (member) => {
      found ??= member;
    },
    data: ignored,
    end: ignored,
  });
  if (frame.length < blockBytes || frame[0] === 0) return undefined;
  for (let at = 0; at < frame.length && !found; at += blockBytes)
    parser.push(frame.subarray(at, at + blockBytes));
  return found ? found.attributes : 'more';
}

const ignored = () => undefined;
