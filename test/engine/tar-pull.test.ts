import { after } from 'node:test';
import { engineContract, type Lacks } from '../contract/engine.ts';
import { startSshd } from '../ssh/sshd.ts';
import { pull, transferFar } from './far.ts';

const lacks: Lacks = {};

const sshd = await startSshd();
after(() => sshd[Symbol.asyncDispose]());
engineContract(
  'tar, pull',
  (way, { dryRun }) => transferFar(sshd, pull, way, { request: { dryRun } }),
  lacks,
);
