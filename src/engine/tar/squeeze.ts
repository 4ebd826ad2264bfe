/** Programs that make a stream smaller on its way, where both ends have them. */
export type Squeeze = 'none' | 'gzip' | 'zstd';

/** What a stream is piped into before somebody reads it, with its `|`. */
export function expand(squeeze: Squeeze): string {
  return squeeze === 'none' ? '' : `${squeeze} -q -d -c |`;
}

/** What a stream is piped into before it leaves; undefined where it goes as it is. Fast rather than small. */
export function compress(squeeze: Squeeze): string | undefined {
  return squeeze === 'none' ? undefined : `${squeeze} -q -1 -c`;
}
