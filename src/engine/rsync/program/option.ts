/** Options that a person has for rsync itself: those that leave what is promised as it is, and no others. */
import { TransferError } from '../../../errors.ts';
import { whyRefused } from './option-refused.ts';

/** A switch may also begin with `no-`. What takes a value needs one: rsync would take the next word for it. */
type Takes = 'nothing' | 'switch' | 'value';

const accepted: Readonly<Record<string, Takes>> = {
  atimes: 'switch',
  'block-size': 'value',
  'checksum-choice': 'value',
  'checksum-seed': 'value',
  chmod: 'value',
  chown: 'value',
  compress: 'switch',
  'compress-choice': 'value',
  'compress-level': 'value',
  'compress-threads': 'value',
  crtimes: 'switch',
  executability: 'nothing',
  fuzzy: 'switch',
  groupmap: 'value',
  'max-alloc': 'value',
  'new-compress': 'nothing',
  'old-compress': 'nothing',
  'open-noatime': 'switch',
  preallocate: 'nothing',
  'skip-compress': 'value',
  timeout: 'value',
  usermap: 'value',
  'whole-file': 'switch',
};

/** What rsync takes for a long name, most of it only after `no-`. */
const aliases: Readonly<Record<string, string>> = {
  cc: 'checksum-choice',
  zc: 'compress-choice',
  zl: 'compress-level',
  zt: 'compress-threads',
  'i-d': 'implied-dirs',
  'i-r': 'inc-recursive',
  'old-d': 'old-dirs',
  8: '8-bit-output',
  A: 'acls',
  D: 'devices',
  H: 'hard-links',
  J: 'omit-link-times',
  N: 'crtimes',
  O: 'omit-dir-times',
  R: 'relative',
  S: 'sparse',
  U: 'atimes',
  W: 'whole-file',
  X: 'xattrs',
  c: 'checksum',
  d: 'dirs',
  g: 'group',
  h: 'human-readable',
  i: 'itemize-changes',
  l: 'links',
  m: 'prune-empty-dirs',
  o: 'owner',
  p: 'perms',
  r: 'recursive',
  s: 'secluded-args',
  t: 'times',
  v: 'verbose',
  x: 'one-file-system',
  y: 'fuzzy',
  z: 'compress',
};

/**
 * The option by its long name. Throws 'refused' for one that would undo a promise or that nobody looked at, 'usage' for
 * what is none.
 */
export function checkOption(option: string): string {
  const [, no = '', given, value] = /^--(no-)?([a-zA-Z0-9][a-zA-Z0-9-]*)(=.*)?$/s.exec(option) ?? [];
  if (given === undefined || option.includes('\0'))
    throw new TransferError('usage', `--rsync-option cannot be '${option}'`, {
      hint: 'give one option by its long name, such as --rsync-option=--compress',
    });
  const name = Object.hasOwn(aliases, given) ? aliases[given]! : given;
  const takes = Object.hasOwn(accepted, name) ? accepted[name]! : undefined;
  if (takes === undefined || (no !== '' && takes !== 'switch')) throw refusal(`--${no}${given}`, name);
  checkValue(`--${no}${given}`, takes, value);
  if (name === 'checksum-choice' && /^=none\b/.test(value!))
    throw new TransferError(
      'refused',
      `--rsync-option cannot be ${option}: bytes that change on the way would not be noticed`,
    );
  return `--${no}${name}${value ?? ''}`;
}

function refusal(said: string, name: string): TransferError {
  const why = whyRefused(name);
  if (why !== undefined) return new TransferError('refused', `--rsync-option cannot be ${said}: ${why}`);
  return new TransferError('refused', `--rsync-option cannot be ${said}`, {
    hint: `it can be one of ${Object.keys(accepted).join(', ')}`,
  });
}

function checkValue(said: string, takes: Takes, value: string | undefined): void {
  if ((takes === 'value') === (value !== undefined)) return;
  throw new TransferError('usage', `--rsync-option ${said} takes ${takes === 'value' ? 'a' : 'no'} value`, {
    hint: `write --rsync-option=${said}${takes === 'value' ? '=VALUE' : ''}`,
  });
}
