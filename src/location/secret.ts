/** A place as it may be repeated to who typed it: what stands before an @, or is asked for in a URL, may be a secret. */
export function withoutSecret(typed: string): string {
  const [, scheme = '', rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)?(.*)$/s.exec(typed)!;
  const named = rest.replace(/^[^/]*@/s, '***@');
  return scheme + (scheme === '' ? named : named.replace(/\?.*$/s, '?***'));
}
