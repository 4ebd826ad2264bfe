import type { RelativePath } from '../path.ts';
import { placeName } from './daemon.ts';
import { must, type Reach, remoteOf } from './reach.ts';

type Copying = {
  /** what rclone is told of where it takes it from */
  readonly from: Readonly<Record<string, unknown>>;
  readonly to: RelativePath;
  /** something has the name, and goes */
  readonly over: boolean;
  /** what it is called where something is wrong with it */
  readonly name: RelativePath;
  /** what rclone is told of its metadata */
  readonly metadata: Readonly<Record<string, unknown>>;
};

/** Has rclone copy one file to the place, whatever it finds there. */
export async function copyFile(reach: Reach, copying: Copying, signal: AbortSignal): Promise<void> {
  const { from, to, over, name, metadata } = copying;
  const words = {
    ...from,
    dstFs: placeName,
    dstRemote: remoteOf(reach, to, 'write'),
    _config: { NoCheckDest: !over, IgnoreTimes: true, Inplace: true, ...metadata },
  };
  await must(reach, name, 'write', { call: 'operations/copyfile', words }, signal);
}
