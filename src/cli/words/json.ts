/** What a text says that is checked next; undefined where it is no JSON, which the check says then. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
