import { describe } from 'node:test';
import { storeContract } from '../contract/store.ts';
import { needs } from '../peer.ts';
import { farPlace } from './far.ts';

describe('over SFTP', { skip: needs('sftp-server') }, () => {
  storeContract("a store behind OpenSSH's server", () => farPlace());
});
