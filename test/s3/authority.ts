/** A private authority that nobody knows, and a certificate of it for this machine. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export type Certified = {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
};

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];

/** `name` is what the machine is called, too. */
export function certify(dir: string, name = 'localhost'): Certified {
  const forUs = ['-subj', '/CN=server', '-addext', `subjectAltName=IP:127.0.0.1,DNS:${name}`];
  const at = (name: string) => join(dir, name);
  const make = (name: string, ...words: readonly string[]) =>
    execFileSync(
      'openssl',
      ['req', '-x509', ...newKey, '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`), ...words],
      { stdio: 'ignore' },
    );
  make('authority', '-subj', '/CN=an authority of ours');
  make('server', ...forUs, '-CA', at('authority.pem'), '-CAkey', at('authority.key'));
  return { authority: at('authority.pem'), certificate: at('server.pem'), key: at('server.key') };
}
