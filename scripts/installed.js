// Exits 0 if node_modules holds what package-lock.json names. Any Node from 18 up runs this.
import { existsSync, readFileSync } from 'node:fs';

const packages = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

/** Packages for other platforms are optional and absent; those for this one must be there. */
function holds(found, wanted) {
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const got = found[path];
    if (path === '' || (!got && optional)) return true;
    return got?.version === version && got.integrity === integrity;
  });
}

const hidden = 'node_modules/.package-lock.json';
const { arch } = process;
const forHere = [`node-linux-${arch}/bin/node`, `@node-rs/crc32-linux-${arch}-gnu/package.json`];
const complete =
  existsSync(hidden) &&
  forHere.every((path) => existsSync(`node_modules/${path}`)) &&
  holds(packages(hidden), packages('package-lock.json'));
process.exitCode = complete ? 0 : 1;
