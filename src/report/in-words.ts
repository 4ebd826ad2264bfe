/** `a, b and c`, of those that are to be said; '' where none is. */
export function inWords(words: readonly (string | false)[], last: 'and' | 'or' = 'and'): string {
  const said = words.filter((word) => word !== false && word !== '');
  return said.length < 2 ? said.join() : `${said.slice(0, -1).join(', ')} ${last} ${said.at(-1)}`;
}
