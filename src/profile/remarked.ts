/** What a person may have meant otherwise in a list of paths, said once it was read: the paths stay as they are. */
import type { Report } from '../report/events.ts';
import { show } from '../report/show.ts';
import { counted } from '../report/size.ts';

type Given = {
  /** `the list /tmp/x` */
  readonly list: string;
  /** people write such lists: some of their programs end lines otherwise, and know comments */
  readonly hasLines: boolean;
  readonly report: Report;
};

type Found = { paths: number; returns: number; comments: number; alone: number; firstAlone: string };

const root = Buffer.from('.');

/** The same paths. */
export async function* remarked(paths: AsyncIterable<Buffer>, given: Given): AsyncGenerator<Buffer> {
  const found: Found = { paths: 0, returns: 0, comments: 0, alone: 0, firstAlone: '' };
  let before: Buffer = Buffer.alloc(0);
  let dir: Buffer | undefined;
  const settle = (next: Buffer) => {
    if (dir && !isBelow(next, dir) && found.alone++ === 0) found.firstAlone = show(dir);
  };
  for await (const path of paths) {
    if (dir) settle(path);
    dir = isDirectory(path) && !isBelow(before, path) ? path : undefined;
    before = path;
    found.paths++;
    if (path.at(-1) === 0x0d) found.returns++;
    if (path[0] === 0x23 && path[1] === 0x20) found.comments++;
    yield path;
  }
  settle(Buffer.alloc(0));
  for (const [message, hint] of remarksOn(found, given)) given.report({ type: 'warning', message, hint });
}

type Remark = readonly [message: string, hint: string];

function remarksOn(found: Found, { list, hasLines }: Given): Remark[] {
  const remarks: Remark[] = [];
  if (found.paths === 0) remarks.push([`${list} is empty`, 'check what writes it']);
  if (found.alone > 0) remarks.push([`${list} names ${aloneText(found)}`, listThatToo]);
  if (found.returns > 0 && hasLines)
    remarks.push([
      `${list} has ${counted(found.returns, 'line')} with a carriage return at the end, taken for a part of the name`,
      'take it out where it is none, as with tr -d "\\r"',
    ]);
  if (found.comments > 0 && hasLines)
    remarks.push([
      `${list} has ${counted(found.comments, 'line')} with # at the beginning, taken for a name`,
      'lists have no comments',
    ]);
  return remarks;
}

const listThatToo = 'only what is listed goes: list that too, or give the directory as SRC';

function aloneText({ alone, firstAlone }: Found): string {
  if (alone === 1) return `${firstAlone} without what is in it`;
  return `${firstAlone} and ${counted(alone - 1, 'more directory', 'more directories')} without what is in them`;
}

/** As far as its spelling tells: find and split name directories as they name files. */
function isDirectory(path: Buffer): boolean {
  return path.at(-1) === 0x2f || path.equals(root);
}

/** In a list that is in order, whichever comes first, what is in a directory stands next to it. */
function isBelow(path: Buffer, dir: Buffer): boolean {
  if (dir.equals(root) || dir.toString() === './') return path.length > 0 && !path.equals(root);
  return path.length > dir.length && path.subarray(0, dir.length).equals(dir);
}
