import { engineContract, type Lacks } from '../contract/engine.ts';
import { transferOver } from './over.ts';

// What no Store tells or takes: attributes are said once for all, special files are counted.
const attributes = ['--no-X', '--no-A'];
const special = (count: number, ...flags: string[]) => ({
  notices: { special: count },
  flags: ['--no-D', ...flags],
  lines: /^skipping non-regular file .*\n/gm,
});

const lacks: Lacks = {
  'hard links': { notices: {}, lines: /^hL\S* .*link => .*\n/gm }, // of symlinks
  'FIFOs and sockets': special(4),
  devices: special(3),
  'owners and groups': special(1),
  times: special(1),
  'extended attributes': special(1, ...attributes),
  "the system's attributes": special(2, ...attributes),
  'access control lists': special(1, ...attributes),
};

engineContract('stores', (way, { dryRun }) => transferOver(way, { request: { dryRun } }), lacks);
