import { after } from 'node:test';
import { engineContract } from '../contract/engine.ts';
import { startSshd } from '../ssh/sshd.ts';
import { push, transferFar } from './far.ts';
import { lacksOut } from './far-lacks.ts';

const sshd = await startSshd();
after(() => sshd[Symbol.asyncDispose]());
engineContract(
  'tar, push',
  (way, { dryRun }) => transferFar(sshd, push, way, { request: { dryRun } }),
  lacksOut,
);
