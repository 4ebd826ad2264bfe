import { after } from 'node:test';
import { engineContract, type Lacks } from '../contract/engine.ts';
import { startSshd } from '../ssh/sshd.ts';
import { relay, transferFar } from './far.ts';

const lacks: Lacks = {};

const sshd = await startSshd();
after(() => sshd[Symbol.asyncDispose]());
engineContract(
  'tar, relay',
  (way, { dryRun }) => transferFar(sshd, relay, way, { request: { dryRun } }),
  lacks,
);
