/** Directories in which something is being changed, each with its connection: a server does what is asked there in order. */
import { pathKey } from '../../work/posix/path.ts';
import type { RelativePath } from '../path.ts';
import type { Reach } from './fault.ts';
import type { Sftp } from './protocol/sftp.ts';

export type Trails = {
  /** What is asked behind it meanwhile comes after it. */
  readonly add: (dir: RelativePath, sftp: Sftp, until: Promise<unknown>) => void;
  /** On the connection on which something is under way there, where there is one. */
  readonly behind: (dir: RelativePath, reach: Reach) => Reach;
};

export function createTrails(): Trails {
  const trails = new Map<string, Sftp>();
  return {
    add(dir, sftp, until) {
      const key = pathKey(dir);
      const end = () => void (trails.get(key) === sftp && trails.delete(key));
      trails.set(key, sftp);
      until.then(end, end);
    },
    behind(dir, reach) {
      const sftp = trails.get(pathKey(dir));
      return sftp && !sftp.client.isBroken() ? { ...reach, sftp } : reach;
    },
  };
}
