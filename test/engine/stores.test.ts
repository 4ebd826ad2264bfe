import { engineContract, type Lacks } from '../contract/engine.ts';
import { transferOver } from './over.ts';

// What no Store tells: names that special files and symlinks share are each made.
const lacks: Lacks = {
  'hard links': { notices: {}, lines: /^hL\S* .*link => .*\n/gm },
  'FIFOs and sockets': { notices: {}, lines: /^hS\S* .* => .*\n/gm },
};

engineContract('stores', (way, { dryRun }) => transferOver(way, { request: { dryRun } }), lacks);
