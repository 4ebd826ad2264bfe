/**
 * Which way ranges of large files go between two hosts, by what the first two took: the first one went straight, the
 * second one through this machine. Straight is taken where both are about as quick, because it leaves this machine alone.
 */
import { formatBytes, formatDuration } from '../report/size.ts';

/** Straight is given up where through here took less than this part of its time. */
const muchQuicker = 2 / 3;

type Timed = { readonly bytes: number; readonly ms: number };

export class QuickerWay {
  way: 'unknown' | 'straight' | 'here' = 'unknown';
  /** why it is that one */
  reason = 'nothing that goes is large enough for ranges';
  #straight: Timed | undefined;

  /** Which way tells most now, as long as it is not known. */
  get next(): 'straight' | 'here' {
    return this.#straight ? 'here' : 'straight';
  }

  /** One of them went the way that tells most, so. */
  took(timed: Timed): void {
    if (this.#straight) return this.#choose(this.#straight, timed);
    this.#straight = timed;
    this.reason = 'one range went straight';
  }

  /** Straight is out of the question from now on. False: it was before. */
  giveUp(reason: string): boolean {
    if (this.way === 'here') return false;
    this.way = 'here';
    this.reason = reason;
    return true;
  }

  #choose(straight: Timed, here: Timed): void {
    const isQuicker = here.ms / here.bytes < (muchQuicker * straight.ms) / straight.bytes;
    this.way = isQuicker ? 'here' : 'straight';
    this.reason = `straight, ${said(straight)}; through this machine, ${said(here)}`;
  }
}

function said({ bytes, ms }: Timed): string {
  return `${formatBytes(bytes)} took ${formatDuration(ms)}`;
}
