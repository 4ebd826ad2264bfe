import { closeSync, openSync, readSync } from 'node:fs';

const most = 16 * 1024 * 1024;
const step = 64 * 1024;

/** What is in a file that a person named, who may have named a device or a disk: EFBIG where it is more than 16 MiB. */
export function readSmall(file: string | Buffer | number): Buffer {
  if (typeof file === 'number') return readAll(file);
  const opened = openSync(file, 'r');
  try {
    return readAll(opened);
  } finally {
    closeSync(opened);
  }
}

function readAll(file: number): Buffer {
  const chunks: Buffer[] = [];
  for (let bytes = 0; bytes <= most; ) {
    const chunk = Buffer.allocUnsafe(step);
    const got = readSync(file, chunk);
    if (got === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, got));
    bytes += got;
  }
  throw Object.assign(new Error('it holds more than 16 MiB'), { code: 'EFBIG' });
}
