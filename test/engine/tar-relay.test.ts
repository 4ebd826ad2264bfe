import { after } from 'node:test';
import { engineContract } from '../contract/engine.ts';
import { startSshd } from '../ssh/sshd.ts';
import { relay, transferFar } from './far.ts';
import { lacksBetween, large } from './far-lacks.ts';

const sshd = await startSshd();
after(() => sshd[Symbol.asyncDispose]());
engineContract(
  'tar, relay',
  (way, { dryRun }) => transferFar(sshd, relay, way, { request: { dryRun } }),
  lacksBetween,
  [...large, 'sparse files'], // reads as a pull, writes as a push
);
