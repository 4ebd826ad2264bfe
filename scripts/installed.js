// Exits 0 if node_modules holds what package-lock.json names. Any Node from 18 up runs this.
import { existsSync, readFileSync } from 'node:fs';

const packages = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

/** Packages for other platforms are optional and absent; the one with Node itself must be there. */
function holds(found, wanted) {
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const got = found[path];
    if (path === '' || (!got && optional)) return true;
    return got?.version === version && got.integrity === integrity;
  });
}

const hidden = 'node_modules/.package-lock.json';
const complete =
  existsSync(hidden) &&
  existsSync(`node_modules/node-linux-${process.arch}/bin/node`) &&
  holds(packages(hidden), packages('package-lock.json'));
process.exitCode = complete ? 0 : 1;
