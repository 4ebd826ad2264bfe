/** Options that a person has for rsync itself: those that would undo what is promised are refused, with the reason. */
import { TransferError } from '../../errors.ts';

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
    ['stderr', 'quiet', 'progress', 'outbuf', '8-bit-output', 'human-readable', 'list-only', 'motd'],
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
    [
      'daemon',
      'server',
      'sender',
      'config',
      'dparam',
      'no-detach',
      'dry-run',
      'read-batch',
      'version',
      'help',
    ],
    other,
  ),
  ...all(['write-batch', 'only-write-batch', 'copy-as', 'stop-after', 'stop-at', 'time-limit'], other),
  ...all(
    ['copy-dest', 'compare-dest', 'link-dest', 'mkpath', 'keep-dirlinks', 'copy-dirlinks', 'copy-links'],
    elsewhere,
  ),
  bwlimit: 'see --bwlimit',
  fsync: 'difpipe syncs the destination after each Part',
};

function all(options: readonly string[], why: string): Record<string, string> {
  return Object.fromEntries(options.map((option) => [option, why]));
}

/** The option as it was given. Throws 'refused' for one that would undo a promise, 'usage' for what is none. */
export function checkOption(option: string): string {
  const [, name] = /^--(?:no-)?([a-z0-9][a-z0-9-]*)(=.*)?$/s.exec(option) ?? [];
  if (name === undefined || option.includes('\0'))
    throw new TransferError('usage', `--rsync-option cannot be '${option}'`, {
      hint: 'give one option by its long name, such as --rsync-option=--compress',
    });
  const why = refused[name];
  if (why === undefined) return option;
  throw new TransferError('refused', `--rsync-option cannot be ${option.split('=')[0]}: ${why}`);
}
