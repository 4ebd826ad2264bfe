import { after } from 'node:test';
import { engineContract } from '../contract/engine.ts';
import { startSshd } from '../ssh/sshd.ts';
import { pull, transferFar } from './far.ts';

const sshd = await startSshd();
after(() => sshd[Symbol.asyncDispose]());
engineContract('rsync, pull', (way, { dryRun }) =>
  transferFar(sshd, pull, way, { request: { dryRun, strategy: 'rsync' } }),
);
