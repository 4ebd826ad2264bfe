/** One entry in a tar stream, as its headers tell it. */

type Kind = 'file' | 'directory' | 'symlink' | 'link' | 'fifo' | 'character' | 'block';

export type Member = {
  readonly kind: Kind;
  /** bytes as they are in the stream */
  readonly path: Uint8Array;
  readonly size: number;
  /** permission bits with setuid, setgid and sticky */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSeconds: number;
  readonly mtimeNs: number;
  /** of a symlink, or the earlier member that a hard link is another name of; else empty */
  readonly target: Uint8Array;
  readonly major: number;
  readonly minor: number;
  /** extended attributes and ACLs by the kernel's names, a character for each byte */
  readonly attributes: ReadonlyMap<string, string>;
};

export const blockBytes = 512;

/** What is between the end of so many bytes and the next block. */
export function paddingOf(bytes: number): number {
  return -bytes & (blockBytes - 1);
}

/** Which letter stands for which kind in a header. */
export const typeFlags = {
  file: '0',
  link: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
} as const satisfies Record<Kind, string>;
