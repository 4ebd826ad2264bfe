/** Files that are made up when they are read, as those in /proc and /sys are: their size says nothing of what is in them. */
import * as c from './constants.ts';
import { fstatfs, openat, pread } from './libc.ts';
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

const fuse = 0x65735546; // some of those do

const saidOfAll = new Set([0, 4096, 16_384, 65_536]); // nothing, or a page: files of /sys that have bytes say how many

const known = new Map<bigint, number>();
const said = block(120); // begins with the type
const first = block(1);

/**
 * 0, or -EUNSIZED where what was looked at is such a file; or the error number of this moment where it cannot be opened.
 * Its file system is asked once what it is: one that does not say it is another. Where that may be either, the file is
 * looked into.
 */
export function checkSized(directory: number, name: number, stat: Stat): number {
  if (!saidOfAll.has(stat.size) || stat.type !== c.S_IFREG) return 0;
  if (!known.has(stat.device)) {
    const fd = openat(directory, name, c.O_PATH | c.O_NOFOLLOW | c.O_CLOEXEC, 0);
    if (fd < 0) return fd;
    using opened = new Opened(fd);
    typeOf(opened.fd, stat);
  }
  const type = known.get(stat.device)!;
  const isSized = !madeUp.has(type) && !(type === fuse && stat.size === 0 && holdsBytes(directory, name));
  return isSized ? 0 : -c.EUNSIZED;
}

/**
 * Whether an open file gives more bytes than its size says, though that did not change; asked of FUSE only, which may let
 * a server answer whatever it likes.
 */
export function givesMore(fd: number, stat: Stat): boolean {
  return typeOf(fd, stat) === fuse && pread(fd, first.at, 1, stat.size) > 0;
}

/** Of the device that was asked about last, which is nearly always the one of the next file. */
const latest = { major: -1, minor: -1, type: 0 };

function typeOf(fd: number, stat: Stat): number {
  const { deviceMajor: major, deviceMinor: minor } = stat;
  if (latest.major !== major || latest.minor !== minor)
    Object.assign(latest, { major, minor, type: askType(fd, stat) });
  return latest.type;
}

function askType(fd: number, { device }: Stat): number {
  const before = known.get(device);
  if (before !== undefined) return before;
  const type = fstatfs(fd, said.at) === 0 ? said.bytes.readUInt32LE(0) : 0;
  known.set(device, type);
  return type;
}

/** One that cannot be read says so to who copies it. */
function holdsBytes(directory: number, name: number): boolean {
  const flags = c.O_RDONLY | c.O_NOFOLLOW | c.O_NONBLOCK | c.O_CLOEXEC;
  const fd = openat(directory, name, flags, 0);
  if (fd < 0) return false;
  using opened = new Opened(fd);
  return pread(opened.fd, first.at, 1, 0) > 0;
}
