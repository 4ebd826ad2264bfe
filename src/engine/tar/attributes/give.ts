/**
 * Gives files on a host their attributes: for each a member without bytes is unpacked beside it under a name of ours, from
 * which cp takes them. Then what the file has is asked for: no program there is believed to have kept what it was given.
 */
import { type FarAttributes, isAcl } from '../../../store/attributes.ts';
import type { Attributes, UnkeptAttributes } from '../../../store/entry.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import { inGroups } from '../../../work/in-groups.ts';
import { forCd } from '../../../work/sh.ts';
import type { FarPlace } from '../far-place.ts';
import { asItIs, ask } from '../host/exchange.ts';
import { type FarTools, tarOf } from '../host/probe.ts';
import { unpackWords } from '../host/receive.ts';
import { entering, octal, oneLine, type Script } from '../host/script.ts';
import { packWords } from '../host/send.ts';
import { fetchAgain } from '../host/send-again.ts';
import { Headers } from '../stream/headers.ts';
import { blockBytes } from '../stream/member.ts';
import { toldIn } from './member-attributes.ts';
import { tellsAttributes } from './tell.ts';

/** Whether programs there keep attributes, and tell afterwards that they did. */
export function givesAttributes(tools: FarTools): boolean {
  return tools.copiesAttributes && tellsAttributes(tools);
}

type Given = {
  readonly path: RelativePath;
  readonly mode: number;
  readonly attributes: Attributes;
  readonly partial: Uint8Array;
};

const groups = { atOnce: 4, most: { count: 200, bytes: 1 }, bytesOf: () => 0 };

export function createGives(
  to: FarPlace,
  how: { readonly ownTag: string; readonly retries: number },
): NonNullable<FarAttributes['give']> {
  let count = 0;
  const give = inGroups(async (group: readonly Given[], signal) => {
    const kept = await fetchAgain(() => giveAll(to, group, signal), how, signal);
    return (given) => unkept(given.attributes, kept.get(given));
  }, groups);
  return (path, { mode = 0o600, attributes }, signal) => {
    const partial = Buffer.from(`${how.ownTag}w${++count}.part`);
    return give({ path, mode, attributes, partial }, signal);
  };
}

function unkept(wanted: Attributes, kept: Attributes | undefined): UnkeptAttributes {
  const lost = { xattr: 0, acl: 0 };
  for (const [name, value] of wanted) if (kept?.get(name) !== value) lost[isAcl(name) ? 'acl' : 'xattr']++;
  if (kept?.has(accessAcl) && !wanted.has(accessAcl)) lost.acl++;
  return lost;
}

/** What each has afterwards, as far as it could be told. */
async function giveAll(
  { root, run, tools }: FarPlace,
  group: readonly Given[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Given, Attributes>> {
  const orders = group.map((given) => ({ given, ...orderOf(given, tools) }));
  const input = orders.flatMap(({ words, member }) => [words, member]);
  const { stdout } = await ask(run, script(root, tools), { ...asItIs, input }, signal);
  const said = Buffer.from(stdout);
  const kept = new Map<Given, Attributes>();
  let at = 0;
  for (const { given, frameBytes } of orders) {
    const told = toldIn(said.subarray(at, at + frameBytes));
    if (told !== undefined && told !== 'more') kept.set(given, told);
    at += frameBytes;
  }
  return kept;
}

/** What it needs beside the attributes, and may say twice: as an ACL in words, too. */
const othersBytes = 8 * blockBytes;

/** A line of words, and as many blocks as it says. */
function orderOf({ path, mode, attributes, partial }: Given, { uid, gid }: FarTools) {
  const all = new Map([[accessAcl, plainAcl(mode)], ...attributes]);
  const head = new Headers().of({ ...plain, path: partial, mode, uid, gid, attributes: all });
  const member = Buffer.concat([head, Buffer.alloc(2 * blockBytes)]);
  const frameBytes = 2 * member.length + othersBytes;
  const { dir, name } = splitPath(path);
  const names = [Buffer.concat([Buffer.from('./'), dir]), name, partial].map(octal);
  const words = [member.length / blockBytes, frameBytes, ...names].join(' ');
  return { words: Buffer.from(`${words}\n`), member, frameBytes };
}

const nothing = new Uint8Array(0);
const plain = {
  flag: '0',
  target: nothing,
  size: 0,
  mtimeSeconds: 0,
  mtimeNs: 0,
  major: 0,
  minor: 0,
};

const accessAcl = 'system.posix_acl_access';

/** An ACL in the kernel's form that says no more than a mode: given instead of none, because a directory may give another. */
function plainAcl(mode: number): string {
  const entries = [
    [1, mode >> 6],
    [4, mode >> 3],
    [32, mode],
  ] as const;
  const bytes = Buffer.alloc(4 + 8 * entries.length, 0xff);
  bytes.writeUInt32LE(2, 0);
  entries.forEach(([tag, bits], at) => {
    bytes.writeUInt16LE(tag, 4 + 8 * at);
    bytes.writeUInt16LE(bits & 7, 6 + 8 * at);
  });
  return bytes.toString('latin1');
}

function script(root: Uint8Array, tools: FarTools): Script {
  return {
    script: oneLine(
      'export LC_ALL=C; umask 077; unset CDPATH; cd -P "$1" || exit 40; exec sh -c "$2" sh 2>/dev/null',
    ),
    args: [forCd(root), Buffer.from(giving(tools))],
  };
}

function giving(tools: FarTools): string {
  return `${entering}
give() {
  enter "$1" || { cat >/dev/null; return; }
  bytes "$2"; name=$made; bytes "$3"; partial=$made
  tar -x ${unpackWords(tools, { owner: true, times: true })} -f - "$partial"; cat >/dev/null
  if [ -f "./$name" ] && [ ! -h "./$name" ] && [ -f "./$partial" ]; then
    [ -w "./$name" ] || chmod u+w "./$name"
    ${tools.setfacl ? 'setfacl -b "./$name"' : ':'}
    cp --attributes-only --preserve=mode,xattr "./$partial" "./$name"
  fi
  rm -f "./$partial"
  printf "%s\\0" "./$name" | tar -c ${packWords(tarOf(tools), true)} -f - --null -T -
}
while read -r blocks most dir name partial; do
  dd bs=${blockBytes} count="$blocks" iflag=fullblock | { (give "$dir" "$name" "$partial"); cat /dev/zero; } | head -c "$most"
done
exit 0`;
}
