/** What kind of file system a place of a host is on. */

/** Prints it for `mayFold`, of the place "$2", or of "$3", which that is in. */
export const sayDisk = 'echo "disk $(stat -f -c %t "$2" 2>/dev/null || stat -f -c %t "$3" 2>/dev/null)"';

/** Those of Linux that tell cases apart, unless they were made not to: ext, xfs, btrfs, tmpfs, overlay, zfs and others. */
const telling = new Set(
  'ef53 58465342 9123683e 1021994 794c7630 2fc12fc1 f2f52010 6969 858458f6 3153464a 52654973 c36400 ca451a4e'.split(
    ' ',
  ),
);

export function mayFold(said: string): boolean {
  const [, disk] = /^disk ([\da-f]+)$/m.exec(said) ?? [];
  return disk === undefined || !telling.has(disk);
}
