import * as fs from 'node:fs';

/**
 * What a WAL file looks like, before SQLite recovers what it can of it: SQLite stops at the first frame that
 * is wrong and says nothing, as if what follows had never been promised.
 *
 * - 'none': no file, or nothing was written to it yet.
 * - 'whole': every frame of this generation is right.
 * - 'torn': the end is wrong, as a power cut in the middle of a transaction leaves it.
 * - 'damaged': the header is wrong, or a wrong frame is followed by a whole transaction and more. Each
 *   transaction is synced before the next begins, so no power cut leaves that.
 */
export type WalState = 'none' | 'whole' | 'torn' | 'damaged';

const headerBytes = 32;
const frameHeaderBytes = 24;

export function walState(path: string): WalState {
  using wal = open(path);
  if (wal === undefined) return 'none';
  const header = Buffer.alloc(headerBytes);
  if (wal.read(header, 0) < headerBytes) return 'none';
  if (header.every((byte) => byte === 0)) return 'none';
  return isHeader(header) ? stateOfFrames(wal, header) : 'damaged';
}

type OpenFile = Disposable & { read(into: Buffer, position: number): number };

function open(path: string): OpenFile | undefined {
  if (!fs.existsSync(path)) return undefined;
  const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  return {
    read: (into, position) => fs.readSync(fd, into, 0, into.length, position),
    [Symbol.dispose]: () => fs.closeSync(fd),
  };
}

type Chain = [number, number];

function isHeader(header: Buffer): boolean {
  const magic = header.readUInt32BE(0);
  if (magic >>> 1 !== 0x377f0682 >>> 1 || header.readUInt32BE(4) !== 3007000) return false;
  const pageBytes = header.readUInt32BE(8);
  if (pageBytes < 512 || pageBytes > 65536 || pageBytes & (pageBytes - 1)) return false;
  return ends(extend([0, 0], header.subarray(0, 24), isBigEndian(header)), header, 24);
}

function stateOfFrames(wal: OpenFile, header: Buffer): WalState {
  const frame = Buffer.alloc(frameHeaderBytes + header.readUInt32BE(8));
  const big = isBigEndian(header);
  const chain: Chain = [header.readUInt32BE(24), header.readUInt32BE(28)];
  let wrong = false;
  let promised = false; // a whole transaction was seen after the wrong frame
  for (let at = headerBytes; wal.read(frame, at) === frame.length; at += frame.length) {
    const ours = frame.compare(header, 16, 24, 8, 16) === 0;
    if (!wrong && ours && continues(chain, frame, big)) continue;
    wrong = true;
    if (!ours) continue;
    if (promised) return 'damaged';
    promised = frame.readUInt32BE(4) !== 0;
  }
  return wrong && promised ? 'torn' : 'whole';
}

/** Takes the frame into the chain of checksums; whether it ends on the checksum that the frame carries. */
function continues(chain: Chain, frame: Buffer, big: boolean): boolean {
  extend(chain, frame.subarray(0, 8), big);
  extend(chain, frame.subarray(frameHeaderBytes), big);
  return ends(chain, frame, 16);
}

function ends([a, b]: Chain, block: Buffer, at: number): boolean {
  return block.readUInt32BE(at) === a >>> 0 && block.readUInt32BE(at + 4) === b >>> 0;
}

function extend(chain: Chain, bytes: Buffer, big: boolean): Chain {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let [a, b] = chain;
  for (let i = 0; i < bytes.length; i += 8) {
    a = (a + words.getInt32(i, !big) + b) | 0;
    b = (b + words.getInt32(i + 4, !big) + a) | 0;
  }
  chain[0] = a;
  chain[1] = b;
  return chain;
}

/** The order of bytes in the words that are summed, which the header's magic number tells. */
function isBigEndian(header: Buffer): boolean {
  return (header[3]! & 1) === 1;
}
