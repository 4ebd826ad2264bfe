import { after } from 'node:test';
import { engineContract } from '../contract/engine.ts';
import { startSshd } from '../ssh/sshd.ts';
import { push, transferFar } from './far.ts';

const sshd = await startSshd();
after(() => sshd[Symbol.asyncDispose]());
engineContract('rsync, push', (way, { dryRun }) =>
  transferFar(sshd, push, way, { request: { dryRun, strategy: 'rsync' } }),
);
