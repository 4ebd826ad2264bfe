/** An answer as it comes on a connection: the head when it is there, the body as it is read. */
import type { Inbox } from './inbox.ts';
import { answerHead, type Head, noHttp } from './message.ts';

export type Answer = Pick<Head, 'status' | 'headers'> & {
  /** all of it, where it came at once: nothing is left to be read then */
  readonly held: Buffer | undefined;
  /** To be read, to its end or as far as it is wanted; or else to be left. */
  readonly body: AsyncIterable<Uint8Array>;
  readonly leave: () => void;
};

const mostHead = 64 * 1024;
const mostLine = 4096;
const mostTrailers = 100;

/** `end` is called once, when the answer was read or left: whether another request may follow on its connection. */
export async function answerOn(
  inbox: Inbox,
  method: string,
  end: (isKept: boolean) => void,
): Promise<Answer> {
  const head = await headOn(inbox, method);
  const { status, headers, framing, isKept } = head;
  const held = framing.kind === 'length' ? inbox.atOnce(framing.bytes) : undefined;
  if (held) end(isKept);
  else if (framing.kind === 'length') inbox.expect(framing.bytes);
  return {
    status,
    headers,
    held,
    body: held ? given(held) : read(inbox, head, end),
    leave: () => {
      if (!held) end(false);
    },
  };
}

/** What the server says on the way to its answer is passed over. */
async function headOn(inbox: Inbox, method: string): Promise<Head> {
  for (;;) {
    const bytes = await until(inbox, '\r\n\r\n', mostHead);
    const head = answerHead(bytes.toString('latin1'), method);
    if (head.status >= 200) return head;
  }
}

async function* given(bytes: Buffer): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield bytes;
}

async function* read(
  inbox: Inbox,
  { framing, isKept }: Head,
  end: (isKept: boolean) => void,
): AsyncGenerator<Buffer> {
  let isRead = false;
  try {
    if (framing.kind === 'length') yield* exactly(inbox, framing.bytes);
    else if (framing.kind === 'chunked') yield* chunks(inbox);
    else yield* toTheEnd(inbox);
    isRead = true;
  } finally {
    end(isRead && isKept);
  }
}

async function* exactly(inbox: Inbox, bytes: number): AsyncGenerator<Buffer> {
  for (let left = bytes; left > 0; ) {
    const chunk = (await inbox.next()) ?? cutOff();
    inbox.putBack(chunk.subarray(left));
    yield chunk.subarray(0, left);
    left -= Math.min(left, chunk.length);
  }
}

async function* chunks(inbox: Inbox): AsyncGenerator<Buffer> {
  for (;;) {
    const [, digits] = /^([0-9a-fA-F]{1,12})\s*(?:;.*)?$/.exec(await line(inbox)) ?? [];
    if (digits === undefined) throw noHttp();
    const bytes = Number.parseInt(digits, 16);
    if (bytes === 0) return await trailers(inbox);
    yield* exactly(inbox, bytes);
    if ((await line(inbox)) !== '') throw noHttp();
  }
}

async function trailers(inbox: Inbox): Promise<void> {
  for (let passed = 0; passed < mostTrailers; passed++) if ((await line(inbox)) === '') return;
  throw noHttp();
}

async function* toTheEnd(inbox: Inbox): AsyncGenerator<Buffer> {
  for (let chunk = await inbox.next(); chunk; chunk = await inbox.next()) yield chunk;
}

async function line(inbox: Inbox): Promise<string> {
  const bytes = await until(inbox, '\r\n', mostLine);
  return bytes.toString('latin1');
}

/** What comes before the mark, which is passed over. */
async function until(inbox: Inbox, mark: string, most: number): Promise<Buffer> {
  let bytes: Buffer | undefined;
  for (;;) {
    const chunk = (await inbox.next()) ?? cutOff();
    bytes = bytes ? Buffer.concat([bytes, chunk]) : chunk;
    const end = bytes.indexOf(mark);
    if (end > most || (end < 0 && bytes.length > most)) throw noHttp();
    if (end < 0) continue;
    inbox.putBack(bytes.subarray(end + mark.length));
    return bytes.subarray(0, end);
  }
}

function cutOff(): never {
  throw Object.assign(new Error('the answer was cut off'), { code: 'ECONNRESET' });
}
