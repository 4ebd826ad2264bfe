import { crc32 } from 'node:zlib';

/** What the service is to compare the bytes with, and keeps with them. */
export function checksumOf(bytes: Uint8Array): { readonly 'x-amz-checksum-crc32': string } {
  return { 'x-amz-checksum-crc32': base64Of(crc32(bytes)) };
}

export function base64Of(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}
