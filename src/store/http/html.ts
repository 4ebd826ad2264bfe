/** The links of a page that lists a directory, as they come. */

const title = /<(?:title|h1)\b[^<>]*>[^<]*(?:index of|directory listing|listing of)/i;
/** rclone's say nothing but the path, and how they may be sorted. */
const bareTitle = /<title>(\/[^<]*)<\/title>/i;
const order = /<a\s[^<>]*?href="\?sort=/i;
const link = /<a\s[^<>]*?href\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))/gi;

const end = /<\/(?:body|html)\s*>/i;

const titleWithin = 64 * 1024;
const endWithin = 4 * 1024;
const mostOfATag = 64 * 1024;

type Wrong = { readonly noListing: () => Error; readonly cutOff: (() => Error) | undefined };

/**
 * What their `href` is, one character per byte, as in the `path` that was asked for; throws `noListing()` for a page that
 * is none, and `cutOff()` where that is given and it does not say where it ends.
 */
export async function* linksIn(
  page: AsyncIterable<Uint8Array>,
  path: string,
  { noListing, cutOff }: Wrong,
): AsyncGenerator<string> {
  let [text, last] = ['', ''];
  let isListing = false;
  for await (const chunk of page) {
    const more = Buffer.from(chunk).toString('latin1');
    text += more;
    last = (last + more).slice(-endWithin);
    isListing ||= title.test(text) || isSortedListOf(path, text);
    if (!isListing && text.length < titleWithin) continue;
    if (!isListing) throw noListing();
    const { hrefs, rest } = take(text);
    yield* hrefs;
    text = rest.length > mostOfATag ? '' : rest;
  }
  if (!isListing) throw noListing();
  if (cutOff && !end.test(last)) throw cutOff();
  yield* take(text).hrefs;
}

/** Its path there may be shorter than here, by what a proxy puts before it. */
function isSortedListOf(path: string, text: string): boolean {
  const titled = bareTitle.exec(text)?.[1];
  if (titled === undefined || !order.test(text)) return false;
  return path.endsWith(plain(titled).replace(/\/?$/, '/'));
}

/** Tags that are whole, and what may become one. */
function take(text: string): { readonly hrefs: string[]; readonly rest: string } {
  const at = text.lastIndexOf('>') + 1;
  const whole = text.slice(0, at);
  const hrefs = [...whole.matchAll(link)].map(([, double, single, bare]) => plain(double ?? single ?? bare!));
  return { hrefs, rest: text.slice(at) };
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function plain(href: string): string {
  return href.replace(/&(?:#(\d{1,3})|#x([0-9a-f]{1,2})|(\w+));/gi, (all, decimal, hex, name: string) => {
    if (decimal || hex) return String.fromCharCode(decimal ? Number(decimal) : Number.parseInt(hex, 16));
    return entities[name] ?? all;
  });
}
