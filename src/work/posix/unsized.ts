/** Files that are made up when they are read, as those in /proc and /sys are: their size says nothing of what is in them. */
import * as c from './constants.ts';
import { fstatfs, openat } from './libc.ts';
import { block } from './memory.ts';
import { Opened } from './opened.ts';
import type { Stat } from './stat.ts';

const madeUp = new Set([
  0x9fa0, // proc
  0x62656572, // sysfs
  0x27e0eb, // cgroup
  0x63677270, // cgroup2
  0x64626720, // debugfs
  0x74726163, // tracefs
  0x73636673, // securityfs
  0x62656570, // configfs
  0xf97cff8c, // selinuxfs
  0xcafe4a11, // bpf
]);

const saidOfAll = new Set([0, 4096, 16_384, 65_536]); // nothing, or a page: files of /sys that have bytes say how many

const known = new Map<bigint, boolean>();
const said = block(120); // begins with the type

/**
 * 0, or -EUNSIZED where what was looked at is such a file; or the error number of this moment where it cannot be opened.
 * Its file system is asked once what it is: one that does not say it is another.
 */
export function checkSized(directory: number, name: number, stat: Stat): number {
  if (!saidOfAll.has(stat.size) || stat.type !== c.S_IFREG) return 0;
  if (!known.has(stat.device)) {
    const fd = openat(directory, name, c.O_PATH | c.O_NOFOLLOW | c.O_CLOEXEC, 0);
    if (fd < 0) return fd;
    using opened = new Opened(fd);
    known.set(stat.device, fstatfs(opened.fd, said.at) === 0 && madeUp.has(said.bytes.readUInt32LE(0)));
  }
  return known.get(stat.device) ? -c.EUNSIZED : 0;
}
