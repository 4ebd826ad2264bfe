/** The lines of a stream, also those that a carriage return ends; a character for each byte. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + Buffer.from(chunk).toString('latin1')).split(/[\r\n]/);
    rest = lines.pop()!.slice(-mostLength);
    for (const line of lines) if (line !== '') yield line;
  }
  if (rest !== '') yield rest;
}

const mostLength = 64 * 1024;
