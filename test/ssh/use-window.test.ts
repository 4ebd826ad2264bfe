// How far what is written to a host runs ahead of what its program reads.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { openHost } from '../../src/ssh/host.ts';
import { useWindow } from '../../src/ssh/quick/use-window.ts';
import { needs } from '../peer.ts';
import { startSshd } from './sshd.ts';

const skip = needs('sshd', 'ssh');
const never = new AbortController().signal;
const much = 1 << 20; // less than sshd takes of what nobody reads, more than that and a pipe hold of what is sent

test('a program that does not read holds up what is written to it near by', { skip }, async () => {
  await using server = await startSshd();
  const gate = `${server.home}/gate`;
  execFileSync('mkfifo', [gate]);
  await using host = await openHost(server.place(), server.access, never);
  await using far = await host.run(`read line <${gate}; wc -c`, [], never);
  const written = pipeline([Buffer.alloc(much)], far.stdin);
  await using other = await host.run('echo', [], never); // on the same connection, which has told all it takes by then
  await other.ended;
  assert.ok(far.stdin.writableLength > 0, 'all of it was sent');
  await using opener = await host.run(`echo >${gate}`, [], never);
  await opener.ended;
  await written;
  assert.equal(Number(await text(far.stdout)), much);
});

test('useWindow() leaves as much as a host has to read before it says so, however long its packets are', () => {
  const [KiB, MiB] = [1024, 1 << 20];
  const used = (packetSize: number) => {
    const outgoing = { window: 0, packetSize };
    useWindow(outgoing, { lentBytes: 64 * KiB, mostUnread: 256 * KiB });
    outgoing.window -= 64 * KiB;
    outgoing.window += 2 * MiB;
    return outgoing.window;
  };
  assert.deepEqual([used(32 * KiB), used(256 * KiB)], [256 * KiB, MiB]);
});
