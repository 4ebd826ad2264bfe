/** Whether there is room for more in a directory of a host, which SFTP does not tell where a quota is what is used up. */
import type { SshHost } from '../../../ssh/host.ts';
import { forCd } from '../../../work/sh.ts';
import { beginning } from './what-shell.ts';

/** What is used up there, in words; undefined where there is room, or nobody can tell. */
export type NoRoom = (dir: Uint8Array, signal: AbortSignal) => Promise<string | undefined>;

/** A file that has no name any more when it grows, as long as one of the ranges that a large file goes in, and then some. */
const tryScript =
  'export LC_ALL=C; umask 077; unset CDPATH; cd -P "$1" || exit 1; name=.difpipe-room-$$; ' +
  '( (set -C; exec 3>"$name" && rm -f "$name" && exec dd if=/dev/zero bs=65536 count=192 conv=fsync >&3) 2>&1; rm -f "$name")';

const words: readonly (readonly [RegExp, string])[] = [
  [/quota exceeded/i, 'disk quota exceeded'],
  [/no space left/i, 'no space left'],
];

const freshMs = 5000;

/** Tries it out; who asks again within some seconds gets the same answer. */
export function noRoom({ run }: Pick<SshHost, 'run'>): NoRoom {
  let asked: { readonly answer: Promise<string | undefined>; readonly untilMs: number } | undefined;
  const ask = async (dir: Uint8Array, signal: AbortSignal) => {
    await using trying = await run(tryScript, [forCd(dir)], signal, { readsNothing: true });
    const said = await beginning(trying.stdout);
    return words.find(([word]) => word.test(said))?.[1];
  };
  return (dir, signal) => {
    if (asked && performance.now() < asked.untilMs) return asked.answer;
    const answer = ask(dir, signal).catch(() => undefined); // what is known is said
    asked = { answer, untilMs: performance.now() + freshMs };
    return answer;
  };
}
