/**
 * All that a child gets of our environment: no password in it, nothing that changes what rsync does, and messages in
 * the language that is read here.
 */
export function environment(searchPath: string): { readonly PATH: string; readonly LC_ALL: 'C' } {
  return { PATH: searchPath, LC_ALL: 'C' };
}
