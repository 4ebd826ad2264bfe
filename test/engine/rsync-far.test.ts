import { after } from 'node:test';
import { engineContract, type Lacks, type Title } from '../contract/engine.ts';
import { startSshd } from '../ssh/sshd.ts';
import { trees } from '../trees.ts';
import { type Ends, pull, push, transferFar } from './far.ts';

const sshd = await startSshd();
after(() => sshd[Symbol.asyncDispose]());

/** What goes another way than between two places here. */
const other: readonly Title[] = [
  'an empty tree',
  '64 MiB and one more',
  'hostile names',
  'symlinks of every kind',
  'hard links',
  'FIFOs and sockets',
  'times',
  'extended attributes',
];
const same = (Object.keys(trees) as Title[]).filter((title) => !other.includes(title));

function contract(name: string, ends: Ends, lacks: Lacks = {}): void {
  engineContract(
    name,
    (way, { dryRun }) => transferFar(sshd, ends, way, { request: { dryRun, strategy: 'rsync' } }),
    lacks,
    same,
  );
}

contract('rsync, push', push);
contract('rsync, pull', pull);
