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

const kept = 'modes, owners, times, links, attributes, ACLs and holes are kept without it';
const noDelete = 'nothing is ever deleted at the destination in this build';

const unneeded: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'arRlptgoDHAXS'].map((letter) => [`-${letter}`, kept])),
  '--archive': kept,
  '--recursive': kept,
  '--links': kept,
  '--hard-links': kept,
  '--acls': kept,
  '--xattrs': kept,
  '--sparse': kept,
  '--delete': noDelete,
  '--delete-after': noDelete,
  '--partial': 'what was done is always kept, and resumed',
  '-f': 'what differs at the destination is always replaced',
  '-u': 'what differs at the destination is always replaced',
};

/** What to use instead of a flag of another tool, if a verb that knows these flags has it. */
export function peerHint(flag: string, known: readonly string[]): string | undefined {
  const single = /^-\w+$/.test(flag) ? [...flag.slice(1)].map((letter) => `-${letter}`) : [flag];
  const first = single.find((name) => Object.hasOwn(unneeded, name) || Object.hasOwn(peers, name));
  if (first === undefined) return undefined;
  const instead = peers[first];
  if (instead === undefined) return unneeded[first];
  return known.includes(instead) || instead === '-v' ? `did you mean ${instead}?` : undefined;
}
