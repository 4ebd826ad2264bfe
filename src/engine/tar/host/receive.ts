/**
 * Unpacks a batch on the other side: a tar stream on stdin, laid out as stage.ts says.
 *
 * 1. It is unpacked into a directory of ours below the root, for nobody else, on the same file system. The script enters it
 *    when it is made and sees that it is its user's: who owns the root may put another one where it was.
 * 2. If it did not come to its end, or the disk is full or broken, that is all: the directory of ours goes.
 *    If tar complained of single members, those that are not whole are taken out and named.
 * 3. In each place, entered without a symlink and seen to be where it should be, the entries get their names by
 *    rename: new directories with all they hold, files over those they may replace, never over a rival's (rivals.ts), and not
 *    to another file system.
 * 4. The places get their metadata back, the directory of ours is removed, the root gets its metadata back, all goes
 *    to the disk.
 *
 * Killed at any moment it leaves whole files under final names, and at most the directory of ours. Not promised: a
 * directory that is moved elsewhere after it was entered takes what is moved into it along; metadata of a place that
 * a rival made in that moment is overwritten; where what the shell starts may not look at the shell in /proc, what is
 * moved is what lies where the directory of ours was; what a rival writes over what may be replaced is overwritten in
 * the moments that some hundred names take to be moved, and where there is no `stat`; where `mv -n` looks before it
 * renames (not on Linux with GNU), a name that is taken in between is lost to us.
 */

import type { Preserve } from '../../../request.ts';
import { sayPlace } from '../../../store/shell.ts';
import { forCd } from '../../../work/sh.ts';
import { expand, type Squeeze } from '../squeeze/squeeze.ts';
import { type FarTools, tarOf } from './probe.ts';
import { removing } from './removing.ts';
import { leaveEach, leaveTaken } from './rivals.ts';
import { oneLine, type Script } from './script.ts';
import { givesModes } from './takes.ts';
import { countUnkept, nameUnkept } from './unkept.ts';
import { unmoved } from './unmoved.ts';

type OwnersAndTimes = Pick<Preserve, 'owner' | 'times'>;

export type ReceiveHow = {
  /** an absolute directory that is there */
  readonly root: Uint8Array;
  /** the directory of ours that it makes below: letters, digits, dots and dashes */
  readonly stage: string;
  readonly tools: FarTools;
  readonly squeeze: Squeeze;
  /** all that is in it goes into the root itself, so nothing can be on another disk */
  readonly rootOnly: boolean;
  readonly keep: OwnersAndTimes;
  /** it answers when all is on the disk; what is replaced only after its successor is */
  readonly durable: boolean;
};

/** What the script's exit code says; 'done' also where single entries were left out. */
export const receiveExits = {
  0: 'done',
  40: 'no root',
  41: 'no stage',
  42: 'ended early',
  43: 'full',
  44: 'broken disk',
  45: 'not synced',
} as const;

/** The script; its answers are read by `readReceived`. */
export function receive(how: ReceiveHow): Script {
  const unpack = `tar -x ${unpackWords(how.tools, how.keep)} -f -`;
  return {
    script: main(how, unpack),
    args: [
      forCd(how.root),
      ...[how.stage, audit, move(how.tools, unpack), unmoved(how.tools), leaveEach(how.tools)].map((text) =>
        Buffer.from(text),
      ),
    ],
  };
}

/** What makes a tar keep all that it can, and is wanted, of an entry; owners are numbers, whatever they are called. */
export function unpackWords(tools: FarTools, keep: OwnersAndTimes): string {
  const tar = tarOf(tools);
  const words = ['-p'];
  if (tools.uid !== 0 || !keep.owner) words.push('-o');
  if (!keep.times) words.push('-m');
  if (tar.paxOptions) words.push('-b 128'); // GNU's then reads as much as a pipe holds, not 10 KiB
  if (tar.numericOwner) words.push('--numeric-owner');
  if (tar.quietAboutTimes) words.push('--warning=no-timestamp', '-P');
  if (tar.xattrsInclude) words.push('--xattrs', '"--xattrs-include=*"');
  else if (tar.xattrs && tar.acls) words.push('--xattrs', '--acls');
  return words.join(' ');
}

function main({ tools, squeeze, rootOnly, durable }: ReceiveHow, unpack: string): string {
  const sync = `{ ${tools.syncFileSystem ? 'sync -f .' : 'sync'} || exit 45; };`;
  return oneLine(`
    export LC_ALL=C EXTRACT_UNSAFE_SYMLINKS=1; umask 077; unset CDPATH;
    cd -P "$1" || exit 40;
    root=$PWD; [ "$root" = / ] && root=;
    stage=$2; dress=; at=${tools.seesShell ? '/proc/$$/cwd' : ''};
    mkdir "./$stage" || exit 41;
    trap "exit 129" HUP; trap "exit 130" INT; trap "exit 141" PIPE; trap "exit 143" TERM;
    ${removing}
    trap "rm -rf \\"./$stage\\"" EXIT;
    cd -P "./$stage" && [ "$PWD" = "$root/$stage" ] || exit 41;
    leave() { if [ . -ef "../$stage" ]; then cd -P ..; fi && remove "./$stage"; };
    trap leave EXIT;
    [ -O . ] || { (set -C; exec 6>own; [ -O /proc/self/fd/6 ]) 2>/dev/null && exit 41; };
    if [ -g . ]; then chmod g-s .; fi;
    ${tools.setfacl ? 'setfacl -bk . 2>/dev/null;' : ''}
    ${givesModes(tools) ? '' : 'umask 0;'}
    said=$( { ${expand(squeeze)} { ${unpack}; code=$?; cat >/dev/null; exit $code; }; } 2>&1);
    code=$?;
    if [ -n "$said" ]; then printf "%s\\n" "$said" >&2; fi;
    [ -f end ] || { ${spaceGone} exit 42; };
    if [ -f late ]; then ${unpack} <late; fi;
    printf "\\0difpipe-received\\0";
    ${countUnkept}
    if [ $code -ne 0 ]; then
      ${spaceGone}
      xargs -0 sh -c "$3" sh <c/entries || exit 44;
    fi;
    ${rootOnly ? 'disk=;' : findOthers(tools)}
    ${durable ? `for folder in f[0-9]*; do if [ -d "$folder" ]; then ${sync} fi; break; done;` : ''}
    list=0;
    while [ -f "c/$list" ]; do
      ${leaveTaken(tools)}
      xargs -0 sh -c "$4" sh "$root" "$stage" "$at" "$5" "$disk" <"c/$list";
      list=$((list + 1));
    done;
    for name in [nf][0-9]*/* [nf][0-9]*/.?*; do
      case $name in */..) continue;; esac;
      if [ -e "$name" ] || [ -h "$name" ]; then printf "left\\0%s\\0" "$name"; fi;
    done;
    if [ -f t/root ]; then exec 5<t/root; dress=1; fi;
    leave && trap - EXIT;
    [ "$PWD" = "\${root:-/}" ] || exit 1;
    if [ -n "$dress" ]; then folder=n0; said=$(${unpack} 2>&1 <&5); ${nameUnkept} exec 5<&-; fi;
    ${leaveAtLast}
    ${durable ? sync : ''}
    ${durable && tools.stat === 'c' ? `printf "place\\0%s\\0" "$${sayPlace}";` : ''}
    printf "done\\0"`);
}

/** What is open holds its directory on FUSE and NFS, so that could not go before. */
const leaveAtLast = `if [ -d "./$stage" ]; then
  old=$(stat -c %y . 2>/dev/null);
  rm -rf "./$stage";
  if [ -n "$old" ]; then touch -d "$old" . 2>/dev/null; fi;
fi;`;

const spaceGone = `case $said in
  *"o space left"*|*[Qq]"uota exceeded"*) exit 43;;
  *"nput/output error"*|*"I/O error"*|*"ead-only file"*) exit 44;;
esac;`;

/** Sets `$disk` where not all places are on that one: to where another one is mounted mv would copy. */
function findOthers({ stat }: FarTools): string {
  if (!stat) return 'disk=;';
  const devices = `xargs -0 stat -L -${stat} %d . <c/dirs 2>/dev/null`;
  return `disk=; all=1; for one in $(${devices}); do [ "$one" = "\${disk:=$one}" ] || all=; done; [ -z "$all" ] || disk=;`;
}

/** What is for another disk stays behind; its directory is dressed all the same. */
function leaveOther({ stat }: FarTools): string {
  return stat ? `[ -z "$disk" ] || [ "$(stat -L -${stat} %d .)" = "$disk" ] || count=0;` : '';
}

/** Takes out what tar did not make, or not whole. */
const audit = oneLine(`
  for entry do
    size=\${entry%% *}; path=./\${entry#* };
    if [ "$size" = - ]; then
      { [ -e "$path" ] || [ -h "$path" ]; } && continue;
    else
      [ -f "$path" ] && [ "$(($(wc -c <"$path")))" -eq "$size" ] && continue;
    fi;
    rm -f "$path" 2>/dev/null;
    if [ -e "$path" ] || [ -h "$path" ]; then exit 1; fi;
    printf "gone\\0%s\\0" "\${path#./}";
  done`);

/** Gives what is there its name, place by place. What its lists say is never read as code but for numbers of ours. */
function move(tools: FarTools, unpack: string): string {
  return oneLine(`
    root=$1; stage=$2; at=$3; unmoved=$4; disk=$5; shift 5;
    cd -P ..;
    while [ $# -gt 0 ]; do
      place=$1; shift;
      folder=\${place%% *}; place=\${place#* };
      count=\${place%% *}; place=\${place#* };
      dress=\${place%% *}; place=\${place#* };
      way=\${place%% *}; place=\${place#* };
      (
        cd -P "./$place" && case $PWD in "$root\${place:+/$place}"|"$root/$place") ;; *) false;; esac || {
          if [ -d "./$place" ]; then [ -x "./$place" ] || exit; fi;
          printf "astray\\0%s/\\0" "$folder"; exit;
        };
        stage=\${at:-$way$stage}; from=$stage/$folder;
        case $folder in n*) how=${tools.mvNoClobber ? '-n' : '-f'};; *) how=-f;; esac;
        ${leaveOther(tools)}
        names=; more=; number=0;
        while [ $number -lt $count ]; do
          number=$((number + 1)); more="$more \\"\\$from/\\\${$number}\\"";
          case $number in *0) names=$names$more; more=;; esac;
        done;
        if [ $number -gt 0 ]; then eval "set -- $names$more ."; mv $how "$@" || sh -c "$unmoved" sh "$@"; fi;
        if [ -f "$stage/t/$dress" ]; then said=$(${unpack} 2>&1 <"$stage/t/$dress"); ${nameUnkept} fi;
      );
      shift $count;
    done`);
}
