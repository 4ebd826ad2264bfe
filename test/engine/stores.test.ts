import { engineContract, type Lacks } from '../contract/engine.ts';
import { transferOver } from './over.ts';

// What no Store tells: attributes are said once for all, names that special files and symlinks share are each made.
const attributes = { notices: {}, flags: ['--no-X', '--no-A'] };

const lacks: Lacks = {
  'hard links': { notices: {}, lines: /^hL\S* .*link => .*\n/gm },
  'FIFOs and sockets': { notices: {}, lines: /^hS\S* .* => .*\n/gm },
  'extended attributes': attributes,
  "the system's attributes": attributes,
  'access control lists': attributes,
};

engineContract('stores', (way, { dryRun }) => transferOver(way, { request: { dryRun } }), lacks);
