import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import type { SshHost } from '../../src/ssh/host.ts';

/** Programs run there, and what they say comes. */
export async function runs(host: SshHost): Promise<void> {
  await using far = await host.run('echo here', [], new AbortController().signal);
  assert.equal(await text(far.stdout), 'here\n');
}
