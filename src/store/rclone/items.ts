/** The objects of the first array in a JSON text, one by one, however many there are. */
const [open, close, array, arrayEnd, quote, backslash] = Buffer.from(
  '{}[]"\\',
) as unknown as readonly number[];
const listDepth = 2; // an object that holds a list

export async function* itemsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  let held: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = depth > listDepth ? 0 : -1;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (isEscaped) isEscaped = false;
      else if (isText && byte === backslash) isEscaped = true;
      else if (byte === quote) isText = !isText;
      else if (isText) continue;
      else if (byte === open || byte === array) {
        if (depth++ === listDepth) start = at;
      } else if (byte === close || byte === arrayEnd) {
        if (--depth !== listDepth || start < 0) continue;
        held.push(chunk.subarray(start, at + 1));
        yield JSON.parse(Buffer.concat(held).toString());
        held = [];
        start = -1;
      }
    }
    if (start >= 0) held.push(chunk.subarray(start));
  }
}
