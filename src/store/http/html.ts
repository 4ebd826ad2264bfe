/** The links of a page that lists a directory, as they come. */

const title = /<(?:title|h1)\b[^<>]*>[^<]*(?:index of|directory listing|listing of)/i;
const link = /<a\s[^<>]*?href\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))/gi;

const titleWithin = 64 * 1024;
const mostOfATag = 64 * 1024;

/** What their `href` is, one character per byte; throws `noListing()` for a page that is none. */
export async function* linksIn(
  page: AsyncIterable<Uint8Array>,
  noListing: () => Error,
): AsyncGenerator<string> {
  let text = '';
  let isListing = false;
  for await (const chunk of page) {
    text += Buffer.from(chunk).toString('latin1');
    isListing ||= title.test(text);
    if (!isListing && text.length < titleWithin) continue;
    if (!isListing) throw noListing();
    const { hrefs, rest } = take(text);
    yield* hrefs;
    text = rest.length > mostOfATag ? '' : rest;
  }
  if (!isListing) throw noListing();
  yield* take(text).hrefs;
}

/** Tags that are whole, and what may become one. */
function take(text: string): { readonly hrefs: string[]; readonly rest: string } {
  const end = text.lastIndexOf('>') + 1;
  const whole = text.slice(0, end);
  const hrefs = [...whole.matchAll(link)].map(([, double, single, bare]) => plain(double ?? single ?? bare!));
  return { hrefs, rest: text.slice(end) };
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function plain(href: string): string {
  return href.replace(/&(?:#(\d{1,3})|#x([0-9a-f]{1,2})|(\w+));/gi, (all, decimal, hex, name: string) => {
    if (decimal || hex) return String.fromCharCode(decimal ? Number(decimal) : Number.parseInt(hex, 16));
    return entities[name] ?? all;
  });
}
