/** Real SFTP servers without SSH between: processes that are spoken to over pipes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { Framer } from '../../src/store/sftp/protocol/framer.ts';
import type { OpenWire, Wire } from '../../src/store/sftp/protocol/wire.ts';
import { openSftpStore } from '../../src/store/sftp/sftp-store.ts';
import type { Store } from '../../src/store/store.ts';
import type { Place } from '../contract/store.ts';
import { sftpServer } from '../peer.ts';
import { signal } from './bodies.ts';

/** `flags` are the server's: `-R` for one that writes nothing, `-d` for where it starts. */
export function server(...flags: string[]): OpenWire {
  return program(sftpServer, ['-e', ...flags]);
}

/** Whatever starts one. */
export function program(name: string, argv: readonly string[]): OpenWire {
  return async () => wireOf(spawn(name, argv, { stdio: 'pipe' }));
}

type Child = ReturnType<typeof spawn> & Pick<Wire, 'stdin' | 'stdout'>;

function wireOf(child: Child): Wire {
  let complaint = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk).slice(-4096);
  });
  const ended = once(child, 'close').then(([code, killed]) => ({
    code: code ?? undefined,
    signal: killed ?? undefined,
  }));
  const dispose = async () => {
    child.stdin.destroy();
    child.kill();
    await ended;
  };
  const { stdin, stdout } = child;
  return { stdin, stdout, complaint: () => complaint, ended, [Symbol.asyncDispose]: dispose };
}

const extensions =
  'posix-rename,statvfs,fstatvfs,hardlink,fsync,lsetstat,limits,expand-path,copy-data,home-directory,users-groups-by-id';

/** One that offers nothing beside version 3. */
export const plainServer = server('-P', extensions);

/** One that gives ten thousand bytes at most for a read, and whose answers come in pieces of all sizes. */
export function stingy(open: OpenWire): OpenWire {
  return async (on) => {
    const wire = await open(on);
    const stdin = through((packet, push) => push(lessWanted(packet)));
    stdin.pipe(wire.stdin);
    return { ...wire, stdin, stdout: Readable.from(crumbs(wire.stdout), { objectMode: false }) };
  };
}

/** As if an sshd of OpenSSH had started it. */
export function asOpenSsh(open: OpenWire): OpenWire {
  return async (on, how) => ({ ...(await open(on, how)), isOpenSsh: true });
}

/** One whose system gives no mode without following a symlink. */
export function withoutModes(open: OpenWire): OpenWire {
  return async (on) => {
    const wire = await open(on);
    const stdin = through((packet, push) => push(withoutMode(packet)));
    stdin.pipe(wire.stdin);
    return { ...wire, stdin };
  };
}

const modeFlag = 4;

/** The server knows no `msetstat`. */
function withoutMode(packet: Buffer): Buffer {
  const name = packet.indexOf('lsetstat@openssh.com');
  if (name !== 9) return packet;
  const path = name + 'lsetstat@openssh.com'.length;
  const flags = packet.readUInt32BE(path + 4 + packet.readUInt32BE(path));
  if (flags === modeFlag) packet.write('m', name);
  return packet;
}

const READ = 5;

function lessWanted(packet: Buffer): Buffer {
  const at = packet.length - 4;
  if (packet[0] === READ) packet.writeUInt32BE(Math.min(packet.readUInt32BE(at), 10_000), at);
  return packet;
}

/** A packet with its length, as it goes over the wire. */
export function packetOf(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

async function* crumbs(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 1;
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length; ) {
      yield chunk.subarray(at, at + bytes);
      at += bytes;
      bytes = (bytes * 7) % 40_099;
    }
  }
}

export function openFar(path: string, open: OpenWire = server(), lines = 1): Promise<Store> {
  return openSftpStore({ open, path: Buffer.from(path), name: 'far', lines }, signal);
}

/** An empty directory behind such a server, for the contract. */
export async function farPlace(open?: OpenWire, lines?: number): Promise<Place> {
  const path = mkdtempSync(join(tmpdir(), 'far-'));
  const store = await openFar(path, open, lines);
  const rivals: Store[] = [];
  return {
    store,
    blindTo: ['quick changes', 'links'],
    rival: async () => {
      const rival = await openFar(path, open);
      rivals.push(rival);
      return rival;
    },
    async [Symbol.asyncDispose]() {
      for (const one of [store, ...rivals]) await one[Symbol.asyncDispose]();
      rmSync(path, { recursive: true });
    },
  };
}

/** Each packet that goes through is another, none or several. */
export function through(each: (bytes: Buffer, push: (bytes: Buffer) => void) => void): Transform {
  const framer = new Framer();
  return new Transform({
    transform(chunk, _, done) {
      for (const bytes of framer.take(chunk)) each(Buffer.from(bytes), (one) => this.push(packetOf(one)));
      done();
    },
  });
}
