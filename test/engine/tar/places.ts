/** A batch for several places, put together by hand. */

import { controls, lastMember, type Place, type Staged, staged } from '../../../src/engine/tar/host/stage.ts';
import { Packer } from '../../../src/engine/tar/pack/packer.ts';
import { type RelativePath, relativePath } from '../../../src/store/path.ts';
import { packHow } from './batch.ts';

export const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
export const path = (text: string): RelativePath => relativePath(bytes(text))!;

/** `files` are for each place what goes there, name → content. */
export function placesStream(
  stage: string,
  wanted: readonly {
    readonly dir: string;
    readonly replaces: boolean;
    readonly files: Readonly<Record<string, string>>;
    /** as of Place, by names of files */
    readonly looks?: Readonly<Record<string, string>>;
  }[],
): Uint8Array[] {
  const places: Place[] = wanted.map(({ dir, replaces, files, looks = {} }) => ({
    dir: path(dir),
    replaces,
    looks: Object.keys(files).map((name) => looks[name]),
    names: [...new Set(Object.keys(files).map((name) => name.split('/', 1)[0]!))].map(bytes),
    dress: undefined,
  }));
  const entries: Staged[] = wanted.flatMap(({ files }, place) =>
    Object.entries(files).map(([name, content]) => ({ place, path: bytes(name), size: content.length })),
  );
  const packer = new Packer(packHow);
  for (const control of controls(stage, places, entries)) packer.bytes(control.path, control.content);
  for (const [place, { files }] of wanted.entries())
    for (const [name, content] of Object.entries(files))
      packer.bytes(staged(places, place, bytes(name)), bytes(content));
  packer.bytes(lastMember.path, lastMember.content);
  return packer.end();
}
