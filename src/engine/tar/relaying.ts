/**
 * A batch on its way from one far tar to another: taken apart only as far as names and kinds, and put together again
 * as `receive` wants it. What comes is hostile: only what was asked for goes on, each once, as it was listed.
 */
import type { Carry } from '../../store/batch.ts';
import type { AttributeKinds, Entry } from '../../store/entry.ts';
import { readAttributes } from '../../store/local/metadata/xattrs.ts';
import type { RelativePath } from '../../store/path.ts';
import { pathKey } from '../../work/posix/path.ts';
import type { Sent } from './host/deliver.ts';
import { type Laid, type Layout, stagedName } from './host/layout.ts';
import { type Control, controls, lastMember, lastPlaces, lateMember } from './host/stage.ts';
import { type ModeHow, modeThere } from './host/taker.ts';
import { cameTwice, pathOf, unasked } from './stream/asked-for.ts';
import { Chunks } from './stream/chunks.ts';
import { Headers } from './stream/headers.ts';
import { blockBytes, type Member, paddingOf, typeFlags } from './stream/member.ts';
import type { Receiver } from './stream/parser.ts';

const nothing = new Uint8Array(0);
const here = Buffer.from('./');
const slash = Buffer.from('/');

type RelayHow = ModeHow & { readonly keep: AttributeKinds };

export class Relaying implements Receiver, Sent {
  readonly #layout: Layout;
  readonly #how: RelayHow;
  readonly #laid: ReadonlyMap<string, Laid>;
  readonly #places: ReadonlyMap<string, number>;
  readonly #chunks = new Chunks();
  readonly #headers = new Headers();
  readonly #seen = new Set<string>();
  readonly #sent = new Set<string>();
  readonly #directories: Uint8Array[] = [];
  readonly #dresses: Control[] = [];
  /** of the member at hand; undefined where nobody wants it */
  #padding: number | undefined;

  constructor(layout: Layout, stage: string, how: RelayHow) {
    this.#layout = layout;
    this.#how = how;
    this.#laid = new Map(layout.laid.map((one) => [pathKey(one.carry.entry.path), one]));
    this.#places = lastPlaces(layout.places);
    const places = layout.places.map((place) => ({ ...place, dress: undefined }));
    for (const control of controls(stage, places, layout.laid)) this.#control(control);
  }

  /** What can be sent on. */
  take(): Uint8Array[] {
    return this.#chunks.take(false);
  }

  /** Whether it came. */
  isSent(carry: Carry): boolean {
    return this.#sent.has(pathKey(carry.entry.path));
  }

  /** Whether the other side is told what a directory that is there looks like. */
  isDressed(dir: RelativePath): boolean {
    return this.#how.keep.mode && this.#seen.has(pathKey(dir)) && this.#places.has(pathKey(dir));
  }

  begin(member: Member): void {
    const path = pathOf(member, member.path);
    const key = pathKey(path);
    if (this.#seen.has(key)) throw cameTwice(path);
    this.#seen.add(key);
    this.#padding = undefined;
    const place = this.#places.get(key);
    const laid = this.#laid.get(key);
    if (place === undefined && !laid) throw unasked(member);
    if (place !== undefined && member.kind === 'directory') this.#dress(path, member, place);
    else if (laid && this.#isAsListed(laid, member)) this.#send(laid, member);
  }

  data(bytes: Uint8Array): void {
    if (this.#padding !== undefined) this.#write(bytes);
  }

  end(): void {
    if (this.#padding) this.#write(new Uint8Array(this.#padding));
    this.#padding = undefined;
  }

  /** The rest of the stream; `linksLate` for a tar that needs the directories once more. */
  finish(linksLate: boolean): Uint8Array[] {
    const directories = this.#directories.toReversed(); // contents before their directory
    for (const head of directories) this.#write(head);
    if (linksLate) this.#control({ path: lateMember, content: Buffer.concat([...directories, endOfStream]) });
    for (const dress of this.#dresses) this.#control(dress);
    this.#control(lastMember);
    this.#write(endOfStream);
    return this.#chunks.take(true);
  }

  #isAsListed({ carry: { entry }, size }: Laid, member: Member): boolean {
    if (member.kind === 'link') return entry.kind === 'file' && this.#sent.has(this.#linkOf(member));
    if (member.kind === 'directory') return entry.kind === 'directory';
    return member.kind === entry.kind && (size ?? 0) === member.size && isSameSecond(member, entry);
  }

  #linkOf(member: Member): string {
    return pathKey(pathOf(member, member.target));
  }

  #send(laid: Laid, member: Member): void {
    const name = stagedName(this.#layout, laid);
    this.#sent.add(pathKey(laid.carry.entry.path));
    if (member.kind === 'directory') {
      const dated = { ...member, ...timeOf(member, laid.carry.entry) };
      this.#directories.push(this.#head(Buffer.concat([name, slash]), nothing, dated));
      return;
    }
    const target = member.kind === 'link' ? this.#laid.get(this.#linkOf(member)) : undefined;
    const to = target
      ? stagedName(this.#layout, target)
      : member.kind === 'symlink'
        ? member.target
        : nothing;
    this.#write(this.#head(name, to, member));
    this.#padding = paddingOf(member.size);
  }

  #dress(path: RelativePath, member: Member, place: number): void {
    if (!this.#how.keep.mode) return; // what is there has one of its own
    const content = Buffer.concat([this.#head(here, nothing, member), endOfStream]);
    this.#dresses.push({ path: Buffer.from(path.length === 0 ? 't/root' : `t/${place}`), content });
  }

  /** Bytes of its own. */
  #head(path: Uint8Array, target: Uint8Array, member: Member): Uint8Array {
    const { kind, size, uid, gid, mtimeSeconds, mtimeNs, major, minor } = member;
    const attributes = readAttributes({ said: member.attributes }, this.#how.keep);
    const flag = typeFlags[kind];
    const mode = modeThere(this.#how, member, kind === 'file');
    const head = this.#headers.of({
      ...{ flag, path, target, size, mode, major, minor, attributes },
      ...{ uid, gid, mtimeSeconds, mtimeNs },
    });
    return new Uint8Array(head);
  }

  #control({ path, content }: Control): void {
    this.#write(this.#headers.private(path, content.length));
    this.#write(content);
    this.#write(new Uint8Array(paddingOf(content.length)));
  }

  #write(bytes: Uint8Array): void {
    const { bytes: into, at } = this.#chunks.room(bytes.length);
    into.set(bytes, at);
    this.#chunks.add(bytes.length);
  }
}

/** A server may tell less of a time than there is: what it tells is what it is compared by. */
function isSameSecond({ mtimeSeconds }: Member, { mtimeNs }: Entry): boolean {
  return mtimeNs === undefined || BigInt(mtimeSeconds) === mtimeNs / second;
}

function timeOf(member: Member, entry: Entry): Pick<Member, 'mtimeSeconds' | 'mtimeNs'> {
  const { mtimeSeconds, mtimeNs } = member;
  if (entry.mtimeNs === undefined || isSameSecond(member, entry)) return { mtimeSeconds, mtimeNs };
  return { mtimeSeconds: Number(entry.mtimeNs / second), mtimeNs: 0 };
}

const second = 1_000_000_000n;
const endOfStream = new Uint8Array(2 * blockBytes);
