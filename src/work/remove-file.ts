import * as fs from 'node:fs';

/** Takes a file away, if it is there, or throws why not, which `rmSync` loses in newer versions of Node. */
export function removeFile(path: string): void {
  try {
    fs.unlinkSync(path);
  } catch (error) {
    if (fs.lstatSync(path, { throwIfNoEntry: false })) throw error;
  }
}
