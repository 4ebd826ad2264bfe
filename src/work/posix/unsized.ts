/** Files that are made up when they are read, as those in /proc are: a size of 0 says nothing of what is in them. */
import { statfsSync } from 'node:fs';
import * as c from './constants.ts';
import { openat } from './libc.ts';
import { Opened } from './opened.ts';
import type { Stat } from './stat.ts';

/** What looking at such a file is answered with, beside the kernel's error numbers. */
export const EUNSIZED = 4096;

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

const known = new Map<bigint, boolean>();

/** Whether what was looked at is such a file. Its file system is asked once what it is. */
export function isUnsized(directory: number, name: number, stat: Stat): boolean {
  if (stat.size !== 0 || stat.type !== c.S_IFREG) return false;
  const { device } = stat;
  const answer = known.get(device) ?? isMadeUp(directory, name);
  known.set(device, answer);
  return answer;
}

function isMadeUp(directory: number, name: number): boolean {
  const fd = openat(directory, name, c.O_PATH | c.O_NOFOLLOW | c.O_CLOEXEC, 0);
  if (fd < 0) return false;
  using opened = new Opened(fd);
  try {
    return madeUp.has(statfsSync(`/proc/self/fd/${opened.fd}`).type);
  } catch {
    return false; // no /proc here: nobody can say
  }
}
