import * as fs from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../../work/posix/errno.ts';

const unnamed = 0o20000000 | fs.constants.O_DIRECTORY | fs.constants.O_WRONLY; // O_TMPFILE, which Node does not name
const triedBytes = 64 * 1024;

/**
 * Why nothing can be written to a directory; undefined if it can. Rights alone do not say that there is room, nor that
 * files can be made: it is tried, with a file that has no name, or, where there are none, that loses it at once.
 */
export function whyNotWritable(dir: string): string | undefined {
  let file: number | undefined;
  try {
    fs.accessSync(dir, fs.constants.W_OK | fs.constants.X_OK);
    file = newFile(dir);
    fs.writeFileSync(file, Buffer.alloc(triedBytes)); // all of it, or it throws
    fs.fsyncSync(file);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  } finally {
    if (file !== undefined) fs.closeSync(file);
  }
}

function newFile(dir: string): number {
  try {
    return fs.openSync(dir, unnamed, 0o600);
  } catch (error) {
    if (['ENOSPC', 'EDQUOT', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    const path = join(dir, `.difpipe-doctor-${process.pid}`);
    const file = fs.openSync(path, 'wx', 0o600);
    fs.unlinkSync(path);
    return file;
  }
}
