/** A disk in a file whose power can be cut: what was only in memory then is gone. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { routeFiles, routesDir } from '../../src/journal/file/files.ts';
import { connect } from '../../src/journal/file/sqlite.ts';
import { type ListedRun, listRuns } from '../../src/journal/list.ts';
import { openJournal } from '../../src/journal/open.ts';
import { partsTable } from '../../src/journal/tables/parts-table.ts';
import { cutPower, type Kind, makeImage, mounted, type Place } from './ground.ts';

export class Disk implements Disposable {
  readonly path: string;
  readonly #image: string;
  readonly #options: string;
  #mount: Place;

  /** Mounted at `path`, with an image beside it. */
  constructor(path: string, kind: Kind, { bytes, options = '' }: { bytes: number; options?: string }) {
    this.path = path;
    this.#image = `${path}.image`;
    this.#options = options;
    makeImage(this.#image, kind, bytes);
    this.#mount = this.#mounted();
  }

  /** What is on the disk is taken now; `restart` brings it back. */
  cut(): Promise<void> {
    return cutPower(this.#image, `${this.#image}.cut`);
  }

  restart(): void {
    this.#mount[Symbol.dispose]();
    fs.renameSync(`${this.#image}.cut`, this.#image);
    this.#mount = this.#mounted();
  }

  #mounted(): Place {
    return mounted(this.path, '-o', `loop${this.#options}`, this.#image);
  }

  [Symbol.dispose](): void {
    this.#mount[Symbol.dispose]();
  }
}

/** As if the machine had been started since the last run of the only route that is known here. */
export function restartMachine(stateDir: string): void {
  const [{ key, source, dest }] = listRuns(stateDir).runs as [ListedRun];
  using journal = openJournal(stateDir, { key, source, dest });
  journal.unsettled = { ...journal.unsettled!, bootId: 'another' };
}

/** Which ranges of the large file that was begun last the Journal calls durable. */
export function rangesKnown(stateDir: string): number[] {
  return rangesOfEach(stateDir).at(-1) ?? [];
}

/** Of each large file that it knows as begun, in the order that they were. */
export function rangesOfEach(stateDir: string): number[][] {
  const { key } = listRuns(stateDir).runs[0]!;
  using db = connect(routeFiles(routesDir(stateDir), key).db, { readonly: true, waitMs: 5000 });
  const parts = partsTable(db).page({ after: 0, upTo: 1e9 }, 1000);
  return parts.flatMap(({ ranges }) => (ranges ? [bitsOf(ranges)] : []));
}

function bitsOf(ranges: Uint8Array): number[] {
  const isSet = (bit: number) => (ranges[bit >> 3]! & (1 << (bit & 7))) !== 0;
  return Array.from({ length: ranges.length * 8 }, (_, bit) => bit).filter(isSet);
}

/** What is at both places, of the same size and time, but with other bytes. */
export function lostBytes(source: string, dest: string): string[] {
  const differences = execFileSync('rsync', ['-naic', `${source}/`, `${dest}/`], { encoding: 'utf8' });
  return differences.split('\n').filter((line) => /^>fc\.\.\.\.\.\.\.\./.test(line));
}
