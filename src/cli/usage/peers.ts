/** Flags that hands used to rsync, rclone or cp type, and what difpipe has in their place. */
const peers: Readonly<Record<string, string>> = {
  '-P': '--progress',
  '-i': '-v',
  '--itemize-changes': '-v',
  '--debug': '-v',
  '--log-level': '-v',
  '--log-format': '--json',
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
  '--parallel': '--streams',
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
    '-a -r -R -l -p -t -g -o -D -H -A -X -S -M --archive --recursive --links --hard-links --acls --xattrs --sparse ' +
      '--perms --owner --group --times --devices --specials --metadata --create-empty-src-dirs',
  ],
  [
    '--no-preserve leaves out what is named',
    '--no-perms --no-owner --no-group --no-times --no-acls --no-xattrs --no-p --no-o --no-g --no-t ' +
      '--omit-dir-times -O',
  ],
  ['--strategy rsync takes it as --rsync-option', '--chmod --chown --usermap --groupmap --fuzzy -y'],
  ['names are taken as they are, whatever is in them', '--protect-args -s --iconv'],
  ['the directory that DEST is to be in has to be there: mkdir -p makes it', '--mkpath'],
  ['difpipe ls lists a place', '--list-only'],
  ['what is written is on the disk when it is called done; --durability says when that is', '--fsync'],
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
  [
    'symlinks are copied as symlinks',
    '-L -k --no-links --no-l --copy-links --dereference --copy-dirlinks --safe-links',
  ],
  [
    'a file gets its name when it is complete; only what changed in it is sent where that is quicker',
    '-W --whole-file --no-whole-file --inplace --append --append-verify --temp-dir -T',
  ],
  ['what was done is always kept, and resumed', '--partial --partial-dir'],
  ['what does not answer is given up by itself, and tried again as --retries says', '--timeout --contimeout'],
  ['all numbers are in the summary, in --json and in difpipe runs show', '--stats --log-file'],
  ['~/.ssh/config says how a host is reached', '-e --rsh --port --ssh'],
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
  if (instead === undefined) return known.includes('--strategy') ? unneeded.get(first) : undefined; // it is of what transfer does
  return known.includes(instead) || instead === '-v' ? `did you mean ${instead}?` : undefined;
}

/** What hands call verbs that know rclone, rsync or cp, by what ours are. */
const verbs: Readonly<Record<string, string>> = {
  transfer: 'copy copyto sync bisync rsync put get push pull',
  verify: 'check compare diff cmp cryptcheck',
  ls: 'list lsl lsd lsf lsjson dir tree',
  analyze: 'size du ncdu',
  clean: 'cleanup',
  runs: 'status history jobs log',
  'runs resume': 'resume continue',
  'runs retry': 'retry',
  'runs forget': 'forget',
  'runs show': 'show info',
};
const ofRuns: Readonly<Record<string, string>> = {
  list: 'ls history',
  show: 'status info log',
  resume: 'continue restart start',
  forget: 'rm remove delete clear clean',
};

/** The verb that does what a word of another tool asks for. */
export function peerVerb(typed: string, parent: string): string | undefined {
  const known = Object.entries(parent === 'runs' ? ofRuns : verbs);
  const found = known.find(([, words]) => words.split(' ').includes(typed))?.[0];
  return found === undefined ? undefined : `did you mean difpipe ${`${parent} ${found}`.trim()}?`;
}
