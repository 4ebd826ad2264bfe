/** Why rsync may not be told some of its options. */

const removes = 'it removes what is at the source';
const deletes = 'nothing is deleted at the destination';
const inPlace = 'a kill would leave a file that is neither the old nor the new one';
const ways = 'difpipe makes the connection, and looks at the host and its key';
const names = 'difpipe says which names go';
const output = 'difpipe reads what rsync says';
const rooms = 'difpipe knows where unfinished files are, to take them away';
const metadata = 'see --no-preserve';
const filters = 'see --include, --exclude and --filter-from';
const other = 'rsync would do something else than a transfer';
const instead = 'something else than what is at the source would be at the destination, or nothing';
const elsewhere = 'what it writes is not where the destination is';

const refused: Readonly<Record<string, string>> = {
  'remove-source-files': removes,
  'remove-sent-files': removes,
  ...all(
    ['delete', 'del', 'delete-before', 'delete-during', 'delete-delay', 'delete-after', 'delete-excluded'],
    deletes,
  ),
  ...all(
    [
      'delete-missing-args',
      'ignore-missing-args',
      'force',
      'ignore-errors',
      'max-delete',
      'prune-empty-dirs',
    ],
    deletes,
  ),
  ...all(['inplace', 'append', 'append-verify', 'write-devices', 'delay-updates'], inPlace),
  ...all(
    [
      'rsh',
      'rsync-path',
      'blocking-io',
      'port',
      'sockopts',
      'address',
      'ipv4',
      'ipv6',
      'contimeout',
      'trust-sender',
    ],
    ways,
  ),
  ...all(
    ['remote-option', 'secluded-args', 'protect-args', 'old-args', 'password-file', 'early-input', 'iconv'],
    ways,
  ),
  ...all(
    ['files-from', 'from0', 'relative', 'implied-dirs', 'recursive', 'dirs', 'old-dirs', 'one-file-system'],
    names,
  ),
  ...all(
    ['archive', 'max-size', 'min-size', 'existing', 'ignore-existing', 'update', 'ignore-non-existing'],
    names,
  ),
  ...all(['size-only', 'ignore-times', 'modify-window', 'checksum'], 'see --checksum'),
  ...all(
    [
      'out-format',
      'log-format',
      'log-file',
      'log-file-format',
      'itemize-changes',
      'info',
      'debug',
      'msgs2stderr',
    ],
    output,
  ),
  ...all(
    [
      'verbose',
      'stats',
      'stderr',
      'quiet',
      'progress',
      'outbuf',
      '8-bit-output',
      'human-readable',
      'list-only',
      'motd',
    ],
    output,
  ),
  ...all(['temp-dir', 'partial', 'partial-dir', 'backup', 'backup-dir', 'suffix'], rooms),
  ...all(
    [
      'perms',
      'owner',
      'group',
      'times',
      'hard-links',
      'acls',
      'xattrs',
      'sparse',
      'devices',
      'specials',
      'links',
    ],
    metadata,
  ),
  ...all(['numeric-ids', 'omit-dir-times', 'omit-link-times'], metadata),
  ...all(['exclude', 'exclude-from', 'include', 'include-from', 'filter', 'cvs-exclude'], filters),
  ...all(
    ['daemon', 'server', 'sender', 'config', 'dparam', 'detach', 'dry-run', 'read-batch', 'version', 'help'],
    other,
  ),
  ...all(['write-batch', 'only-write-batch', 'copy-as', 'stop-after', 'stop-at', 'time-limit'], other),
  ...all(
    ['copy-dest', 'compare-dest', 'link-dest', 'mkpath', 'keep-dirlinks', 'copy-dirlinks', 'copy-links'],
    elsewhere,
  ),
  ...all(['safe-links', 'copy-unsafe-links', 'munge-links', 'fake-super', 'copy-devices', 'drop-D'], instead),
  ...all(['insecure-links', 'confine-root'], 'difpipe says which symlinks are followed'),
  ...all(['inc-recursive', 'protocol'], 'rsyncs agree on that with each other'),
  super: 'what may be done at the destination is for the rights that its user has there',
  bwlimit: 'see --bwlimit',
  fsync: 'difpipe syncs the destination after each Part',
};

function all(options: readonly string[], why: string): Record<string, string> {
  return Object.fromEntries(options.map((option) => [option, why]));
}

/** Undefined where there is no more to say than that it is none that can be given. `name` is the long one, without `no-`. */
export function whyRefused(name: string): string | undefined {
  return Object.hasOwn(refused, name) ? refused[name] : undefined;
}
