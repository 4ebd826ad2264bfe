/**
 * What the other side has, found out by trying, in one run of a script. Nothing is written there. What a tool is
 * called or says of its version counts for nothing, but for people. All answers go at once: many small packets would not
 * fit into the first window of a connection.
 */
import { TransferError } from '../../../errors.ts';
import { syncWords } from '../../../work/sh.ts';
import { oneLine, type Script } from './script.ts';

export type FarTools = {
  readonly uid: number;
  readonly gid: number;
  /** all that it is in; undefined where nobody says */
  readonly groups: readonly number[] | undefined;
  readonly umask: number;
  /** where `~` is; bytes */
  readonly home: Uint8Array;
  readonly cpus: number;
  /** the first line of what tar says of itself, for people */
  readonly tarVersion: string;
  readonly tar: TarAbilities | undefined;
  readonly gzip: boolean;
  readonly zstd: boolean;
  readonly findPrintf: boolean;
  /** -print0, and xargs -0 */
  readonly nul: boolean;
  /** which letter makes stat take a format */
  readonly stat: 'c' | 'f' | undefined;
  /** a command that prints SHA-256 digests */
  readonly sha256: 'sha256sum' | 'shasum -a 256' | 'sha256 -r' | undefined;
  readonly mvNoClobber: boolean;
  readonly syncFileSystem: boolean;
  readonly setfacl: boolean;
  /** dumps in hexadecimal what it has been given names of */
  readonly getfattr: boolean;
  readonly setfattr: boolean;
  /** its cp gives a file that is there the attributes of another one, and not its bytes */
  readonly copiesAttributes: boolean;
  /** what a shell starts may look at where that shell is, in /proc */
  readonly seesShell: boolean;
};

export type TarAbilities = {
  /** takes names from a list with NULs */
  readonly nulList: boolean;
  readonly noRecursion: boolean;
  readonly pax: boolean;
  /** can leave records out of pax headers, and says when a file changed under its hands: GNU's */
  readonly paxOptions: boolean;
  readonly xattrs: boolean;
  readonly xattrsInclude: boolean;
  readonly acls: boolean;
  readonly numericOwner: boolean;
  readonly quietAboutTimes: boolean;
  readonly noReadSparse: boolean;
};

const marker = 'difpipe-probe';
const tarTries = {
  noRecursion: '--no-recursion',
  pax: '--format=pax',
  paxOptions: '--format=pax --pax-option=delete=atime',
  xattrs: '--xattrs',
  xattrsInclude: '--xattrs "--xattrs-include=*"',
  acls: '--acls',
  numericOwner: '--numeric-owner',
  quietAboutTimes: '--warning=no-timestamp',
  noReadSparse: '--no-read-sparse',
} as const;

/** What most tars can do, in one go: each try alone takes a few milliseconds. */
const { noReadSparse: _, ...usual } = tarTries;
const usually = `printf "dev/zero\\0" | tar -c -f /dev/null ${Object.values(usual).join(' ')} --null -T -`;

const tries = Object.entries(tarTries)
  .map(([name, words]) => `try ${name} tar -c -f /dev/null ${words} dev/zero;`)
  .join('\n');

/** Answers are read by `readProbe`. */
export function probe(): Script {
  return { script: text, args: [] };
}

const text = oneLine(`
  export LC_ALL=C; umask=$(umask); cd /; {
  say() { printf "%s=%s\\0" "$1" "$2"; };
  try() { name=$1; shift; said=$("$@" 2>&1 </dev/null) && [ -z "$said" ] && say "$name" 1; };
  has() { command -v "$1" >/dev/null 2>&1 && say "$1" 1; };
  printf "\\0${marker}\\0";
  say uid "$(id -u)"; say gid "$(id -g)"; say groups "$(id -G)"; say umask "$umask"; say home "$HOME";
  say cpus "$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null)";
  if has tar; then
    say version "$(tar --version 2>&1 </dev/null)";
    if said=$(${usually} 2>&1) && [ -z "$said" ]; then
      for name in ${Object.keys(usual).join(' ')} nulList; do say "$name" 1; done;
    else
      ${tries}
      printf "dev/zero\\0" | tar -c -f /dev/null --null -T - >/dev/null 2>&1 && say nulList 1;
    fi;
  fi;
  has gzip; has zstd; has setfacl; has sha256sum; has shasum; has sha256;
  try printf find / -maxdepth 0 -printf "";
  [ "$(printf "a\\0b\\0" | xargs -0 printf "%s." 2>/dev/null)" = a.b. ] && say nul 1;
  stat -c %d / >/dev/null 2>&1 && say stat c || { stat -f %d / >/dev/null 2>&1 && say stat f; };
  case $(mv -n /dev/null/a /dev/null/b 2>&1) in *sage*|*nrecognized*|*nvalid*|*llegal*) ;; *) say mvn 1;; esac;
  case ${syncWords.said} in ${syncWords.takesFile}) say syncf 1;; esac;
  getfattr -h -d -m - -e hex --absolute-names -- dev/zero >/dev/null 2>&1 && say getfattr 1;
  setfattr --help >/dev/null 2>&1 && say setfattr 1;
  case $(cp --help 2>&1 </dev/null) in *attributes-only*) say cpa 1;; esac;
  sh -c "[ . -ef /proc/$$/cwd ]" 2>/dev/null && say sees 1;
  printf "end\\0"; } | dd obs=65536 2>/dev/null
`);

/** Reads the answers after whatever else the login shell said; throws 'unsupported' where there are none. */
export function readProbe(stdout: Uint8Array): FarTools {
  const said = saidAfterMarker(Buffer.from(stdout));
  const number = (key: string, fallback: number, radix = 10) => {
    const value = Number.parseInt(said.get(key)?.toString() ?? '', radix);
    return Number.isNaN(value) ? fallback : value;
  };
  const has = (key: string) => said.has(key);
  return {
    uid: number('uid', -1),
    gid: number('gid', -1),
    groups: groupsIn(said.get('groups')?.toString() ?? ''),
    umask: number('umask', 0o22, 8),
    home: said.get('home') ?? new Uint8Array(0),
    cpus: Math.max(1, number('cpus', 1)),
    tarVersion: said.get('version')?.toString().split('\n')[0] ?? '',
    tar: has('tar') ? tarAbilities(has) : undefined,
    gzip: has('gzip'),
    zstd: has('zstd'),
    findPrintf: has('printf'),
    nul: has('nul'),
    stat: statLetter(said.get('stat')?.toString()),
    sha256: sha256(has),
    mvNoClobber: has('mvn'),
    syncFileSystem: has('syncf'),
    setfacl: has('setfacl'),
    getfattr: has('getfattr'),
    setfattr: has('setfattr'),
    copiesAttributes: has('cpa'),
    seesShell: has('sees'),
  };
}

/** What its tar can do; throws 'unsupported' where there is none. */
export function tarOf({ tar }: FarTools): TarAbilities {
  if (tar) return tar;
  throw new TransferError('unsupported', 'cannot send batches: the other side has no tar', {
    hint: 'choose another --strategy',
  });
}

/** Whether it tells, and keeps, extended attributes and ACLs. */
export function keepsAttributes({ xattrs, xattrsInclude, acls }: TarAbilities): boolean {
  return xattrsInclude || (xattrs && acls);
}

function saidAfterMarker(stdout: Buffer): ReadonlyMap<string, Buffer> {
  const begin = Buffer.from(`\0${marker}\0`);
  const at = stdout.indexOf(begin);
  const said = new Map<string, Buffer>();
  for (let start = at + begin.length; at >= 0 && start < stdout.length; ) {
    const end = stdout.indexOf(0, start);
    if (end < 0) break;
    const word = stdout.subarray(start, end);
    if (word.toString() === 'end') return said;
    const cut = word.indexOf('=');
    said.set(word.toString('latin1', 0, cut), word.subarray(cut + 1));
    start = end + 1;
  }
  throw new TransferError('unsupported', 'cannot find out what the other side has: no shell answered there', {
    hint: 'it may allow sftp only',
  });
}

function tarAbilities(has: (key: string) => boolean): TarAbilities {
  return {
    nulList: has('nulList'),
    noRecursion: has('noRecursion'),
    pax: has('pax'),
    paxOptions: has('paxOptions'),
    xattrs: has('xattrs'),
    xattrsInclude: has('xattrsInclude'),
    acls: has('acls'),
    numericOwner: has('numericOwner'),
    quietAboutTimes: has('quietAboutTimes'),
    noReadSparse: has('noReadSparse'),
  };
}

function groupsIn(text: string): readonly number[] | undefined {
  const groups = text.split(' ').filter((word) => /^\d+$/.test(word));
  return groups.length > 0 ? groups.map(Number) : undefined;
}

function statLetter(letter: string | undefined): FarTools['stat'] {
  return letter === 'c' || letter === 'f' ? letter : undefined;
}

function sha256(has: (key: string) => boolean): FarTools['sha256'] {
  if (has('sha256sum')) return 'sha256sum';
  if (has('shasum')) return 'shasum -a 256';
  return has('sha256') ? 'sha256 -r' : undefined;
}
