import { after } from 'node:test';
import { engineContract } from '../contract/engine.ts';
import { startSshd } from '../ssh/sshd.ts';
import { pull, transferFar } from './far.ts';
import { lacksHere, large } from './far-lacks.ts';

const sshd = await startSshd();
after(() => sshd[Symbol.asyncDispose]());
engineContract(
  'tar, pull',
  (way, { dryRun }) => transferFar(sshd, pull, way, { request: { dryRun } }),
  lacksHere,
  large,
);
