import { describe } from 'node:test';
import { storeContract } from '../contract/store.ts';
import { needs } from '../peer.ts';
import { asOpenSsh, farPlace, plainServer, server, stingy } from './far.ts';

// Through SSH too: storeContract('…', () => farPlace((on) => host.sftp(on), 2)) with a host of test/ssh/sshd.ts.
describe('over SFTP', { skip: needs('sftp-server') }, () => {
  storeContract("a store behind OpenSSH's server", () => farPlace());
  storeContract("a store behind OpenSSH's server, known as such", () => farPlace(asOpenSsh(server())));
  storeContract('a store behind four connections', () => farPlace(server(), 4));
  storeContract('a store behind a server without extensions', () => farPlace(plainServer));
  storeContract('a store behind a server that gives little at a time', () => farPlace(stingy(server())));
});
