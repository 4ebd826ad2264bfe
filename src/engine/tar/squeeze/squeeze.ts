/** What makes a stream smaller on its way, where both ends have it; fast rather than small; here in the threads of node:zlib. */
import { constants, createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';

export type Squeeze = 'none' | 'gzip' | 'zstd';

const chunkSize = 128 * 1024;
const fast = { [constants.ZSTD_c_compressionLevel]: 1 };
/** A hostile stream asks for no more memory than 8 MiB; level 1 wants 0.5. */
const narrow = { [constants.ZSTD_d_windowLogMax]: 23 };

/** As commands of the other side, and as streams here. */
const programs = {
  none: undefined,
  gzip: {
    compress: 'gzip -1 -c',
    expand: 'gzip -d -c', // that of busybox knows no -q, and says nothing anyway
    squeezer: () => createGzip({ chunkSize, level: 1 }),
    expander: () => createGunzip({ chunkSize }),
  },
  zstd: {
    // With a thread for it zstd waits for 2 MiB before it begins. One that knows no threads either says so by a 1, before it
    // has read anything.
    compress: '{ zstd -q -1 --single-thread -c 2>/dev/null || { [ $? = 1 ] && zstd -q -1 -c; }; }',
    expand: 'zstd -q -d -c', // else it draws a bar
    squeezer: () => createZstdCompress({ chunkSize, params: fast }),
    expander: () => createZstdDecompress({ chunkSize, params: narrow }),
  },
} as const;

/** What a stream is piped into on the other side before somebody reads it, with its `|`. */
export function expand(squeeze: Squeeze): string {
  const program = programs[squeeze];
  return program ? `${program.expand} |` : '';
}

/** A command there whose output leaves so; the exit code is its own, not that of the last in the pipe. */
export function compressed(command: string, squeeze: Squeeze): string {
  const program = programs[squeeze];
  if (!program) return command;
  return `exec 4>&1; code=$( { { ${command} 3>&- 4>&-; echo $? >&3; } | ${program.compress} >&4 3>&- 4>&-; } 3>&1 ); exit $code`;
}

/** The same for a stream that leaves from here. */
export function squeezer(squeeze: Squeeze) {
  return programs[squeeze]?.squeezer();
}

/** The same for a stream that arrives here. */
export function expander(squeeze: Squeeze) {
  return programs[squeeze]?.expander();
}
