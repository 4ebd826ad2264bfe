import type { FarProcess } from '../../work/far-process.ts';
import type { Connection } from '../connect.ts';
import type { ChannelHow, Pool } from '../pool.ts';
import { asSftp } from './opening.ts';
import { farProcess } from './process.ts';

/** `said` was written to it already; absent: nothing */
export type SftpProcess = FarProcess & {
  readonly said?: Uint8Array | undefined;
  /** OpenSSH started it, on a Unix */
  readonly isOpenSsh: boolean;
};

export async function startSftp(pool: Pool, how: ChannelHow, signal: AbortSignal): Promise<SftpProcess> {
  const begin = (at: Connection, until: AbortSignal) => at.sftp(until);
  const { channel, refused, said, connection } = await pool.channel(begin, how, signal);
  const { name, gone, isOpenSsh } = connection;
  const over = AbortSignal.any([signal, gone, refused]);
  return { ...farProcess(channel, { name, opening: asSftp(name), over }), said, isOpenSsh };
}
