/** Flags that hands used to rsync, rclone or cp type, and what difpipe has in their place. */
const peers: Readonly<Record<string, string>> = {
  '-P': '--progress',
  '-i': '-v',
  '--itemize-changes': '-v',
  '--info': '--progress',
  '-z': '--compress',
  '--exclude-from': '--filter-from',
  '--include-from': '--filter-from',
  '--filter': '--filter-from',
  '--from0': '--files-from0',
  '--transfers': '--streams',
  '--checkers': '--streams',
  '-j': '--streams',
  '--jobs': '--streams',
  '--limit-rate': '--bwlimit',
  '--compress-level': '--compress',
  '--sse': '--s3-sse',
  '--s3-server-side-encryption': '--s3-sse',
  '--sse-kms-key-id': '--s3-sse-kms-key-id',
  '--sse-c-key': '--s3-sse-c-key-file',
  '--s3-sse-customer-key': '--s3-sse-c-key-file',
  '--storage-class': '--s3-storage-class',
  '--acl': '--s3-acl',
  '--s3-upload-acl': '--s3-acl',
  '--request-payer': '--s3-requester-pays',
  '--tagging': '--s3-tags',
  '--endpoint-url': '--s3-endpoint',
  '--profile': '--s3-profile',
  '--region': '--s3-region',
};

/** What needs no flag, or what this build has not, and the flags that ask for it. */
const sentences: readonly (readonly [says: string, flags: string])[] = [
  [
    'modes, owners, times, links, attributes, ACLs and holes are kept without it',
    '-a -r -R -l -p -t -g -o -D -H -A -X -S --archive --recursive --links --hard-links --acls --xattrs --sparse',
  ],
  [
    'nothing is ever deleted at the destination in this build',
    '--delete --del --delete-before --delete-during --delete-after --delete-excluded',
  ],
  ['nothing is ever deleted from the source', '--remove-source-files --move --delete-empty-src-dirs'],
  [
    'what differs at the destination is always replaced',
    '-f -u --update --force --ignore-existing --existing --no-clobber',
  ],
  [
    'what is replaced is not kept in this build',
    '-b --backup --backup-dir --suffix --link-dest --compare-dest --copy-dest',
  ],
  [
    'size and time decide what is copied, or with --checksum the content',
    '-I --ignore-times --size-only --modify-window',
  ],
  [
    '--files-from0 takes what is to go from a list, as find -print0 makes it',
    '--max-size --min-size --max-age --min-age',
  ],
  ['symlinks are copied as symlinks', '-L -k --copy-links --dereference --copy-dirlinks --safe-links'],
  [
    'a file gets its name when it is complete; only what changed in it is sent where that is quicker',
    '-W --whole-file --no-whole-file --inplace --append',
  ],
  ['what was done is always kept, and resumed', '--partial'],
  ['what does not answer is given up by itself, and tried again as --retries says', '--timeout --contimeout'],
  ['all numbers are in the summary, in --json and in difpipe runs show', '--stats --log-file'],
  ['~/.ssh/config says how a host is reached', '-e --rsh'],
];

const unneeded = new Map(
  sentences.flatMap(([says, flags]) => flags.split(' ').map((flag) => [flag, says] as const)),
);

/** What to use instead of a flag of another tool, if a verb that knows these flags has it. */
export function peerHint(flag: string, known: readonly string[]): string | undefined {
  const single = /^-\w+$/.test(flag) ? [...flag.slice(1)].map((letter) => `-${letter}`) : [flag];
  const first = single.find((name) => unneeded.has(name) || Object.hasOwn(peers, name));
  if (first === undefined) return undefined;
  const instead = peers[first];
  if (instead === undefined) return unneeded.get(first);
  return known.includes(instead) || instead === '-v' ? `did you mean ${instead}?` : undefined;
}
