import type { Notices, Topic } from './events.ts';
import { counted, formatCount } from './size.ts';

/** What a run could not keep or passed over, as a sentence; the number is how many entries it concerns. */
const sentences = {
  owner:
    'owner not kept, nor a setuid that goes with it: giving files away needs root, and not every place has owners',
  mode: 'mode not kept: the destination or the rights of this user cannot hold it',
  times: 'times not kept: the destination or the rights of this user cannot hold them',
  xattr: 'extended attributes not kept: the destination or the rights of this user cannot hold them',
  acl: 'access control lists not kept: the destination or the rights of this user cannot hold them',
  hardlink: 'hard links not kept: the destination has none, or not so many of one file',
  special: 'special files not made: not every place can hold any, and devices need root',
  sparse: 'holes not kept: the destination file system has no sparse files',
  mount: 'other file systems not entered, as --one-file-system asks',
  excluded: 'excluded by the filter rules',
  directory: 'empty directories not made: the destination has directories only where files are',
  clock: 'times are coarser at the destination',
  delta: 'changed in place, so rsync sends only what changed',
} satisfies Record<Topic, string>;

/** One line for each topic that was noticed, the most frequent first. */
export function noticeLines(notices: Notices): string[] {
  return (Object.entries(notices) as [Topic, number][])
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([topic, count]) => `${counted(count, 'entry', 'entries')}: ${sentences[topic]}`);
}

/** Said once at the end in place of a warning that came again and again. */
export function repeated(message: string, times: number): string {
  return `${formatCount(times)} times in all: ${message}`;
}
