/**
 * All pages of a listing. The first ones come one after the other, the next one on its way while one is read. What is
 * left then is cut into stretches that are listed side by side, each with one page on its way or waiting to be read; a
 * long one is cut again where lanes are free. Nothing beyond the first cuts is given before the service has answered at
 * all of them, with names beyond each and in order: else it goes on one page after the other, as if it had not been asked.
 */
import { isKind, type TransferError } from '../../../errors.ts';
import { Circle } from './circle.ts';
import { Alphabet, cutsAfter } from './cuts.ts';
import type { Page } from './listing.ts';
import { endsOf, isBefore, isInOrder } from './order.ts';
import { Recent } from './recent.ts';

export type Asking = {
  /** what all keys begin with */
  readonly inside: string;
  readonly ask: (from: Start) => Promise<Page>;
  readonly lanes: Lanes;
  /** what is wrong where order was lost that was there before */
  readonly disordered: () => TransferError;
  /** the same where pages come round again */
  readonly endless: () => TransferError;
};

/** Where a page begins: where another one ended, or after a name. */
export type Start = { readonly token?: string; readonly after?: string };

/** Of all listings of a place: how many stretches more than listings there may be, and whether there may be any. */
export type Lanes = { free: number; isOrdered: boolean };

/** The names of a page that are its stretch's. */
export type Read = Pick<Page, 'objects' | 'prefixes'> & {
  readonly stretch: Pick<Stretch, 'after' | 'files'>;
};

type Stretch = {
  /** its names are beyond this one */
  readonly after: string | undefined;
  /** it has none beyond this one */
  until: string | undefined;
  /** the last one that came */
  last: string | undefined;
  token: string | undefined;
  readonly tokens: Circle;
  readonly files: Recent;
};

type Answer = { readonly stretch: Stretch } & (
  | { readonly page: Page }
  | { readonly page: undefined; readonly error: unknown }
);

const pagesBefore = 4;
const mostCuts = 3; // of one stretch at once

export function createLanes(bucket: string): Lanes {
  return { free: 15, isOrdered: !bucket.endsWith('--x-s3') }; // directory buckets of AWS are in no order
}

export function pagesOf(asking: Asking): AsyncGenerator<Read> {
  return new Pages(asking).read();
}

class Pages {
  readonly #asking: Asking;
  readonly #underWay = new Map<Stretch, Promise<Answer>>();
  /** those that failed, to be asked again when another one has been answered */
  readonly #aside: Stretch[] = [];
  readonly #alphabet = new Alphabet();
  #held = 0; // lanes
  #isInOrder = true;
  #isCut = false;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  async *read(): AsyncGenerator<Read> {
    try {
      this.#go(stretchOf(undefined, undefined));
      for (let pages = 1; this.#underWay.size > 0; pages++) {
        const answer = await Promise.race(this.#underWay.values());
        this.#underWay.delete(answer.stretch);
        if (answer.page) yield* this.#taken(answer.stretch, answer.page, pages === pagesBefore);
        else this.#putAside(answer);
      }
    } finally {
      this.#giveBack(this.#held);
    }
  }

  async *#taken(stretch: Stretch, page: Page, isTime: boolean): AsyncGenerator<Read> {
    this.#look(stretch, page);
    stretch.last = endsOf(page)?.last ?? stretch.last;
    stretch.token = page.next;
    if (page.next !== undefined && stretch.tokens.closesWith(page.next)) throw this.#asking.endless();
    const isLeft = page.next !== undefined && !isPast(stretch, page);
    const again = this.#aside.shift();
    if (again) this.#go(again);
    if (isLeft) this.#go(stretch);
    else if (this.#held > 0) this.#giveBack(1);
    const tried = isLeft && isTime ? this.#try(page) : [];
    yield { stretch, ...within(page, stretch) };
    if (tried.length > 0) await this.#settle(stretch, tried);
    else if (isLeft && this.#isCut) this.#cut(stretch, page);
  }

  #look({ last, after }: Stretch, page: Page): void {
    this.#alphabet.learn(this.#asking.inside, page);
    const isGood = isInOrder(page, last ?? after);
    if (this.#isCut && !isGood) {
      this.#asking.lanes.isOrdered = false;
      throw this.#asking.disordered();
    }
    this.#isInOrder &&= isGood;
  }

  #go(stretch: Stretch): void {
    this.#underWay.set(stretch, this.#ask(stretch));
  }

  async #ask(stretch: Stretch): Promise<Answer> {
    const { token, after } = stretch;
    const from = token === undefined ? after !== undefined && { after } : { token };
    try {
      return { stretch, page: without(after, await this.#asking.ask({ ...from })) };
    } catch (error) {
      return { stretch, page: undefined, error };
    }
  }

  #putAside({ stretch, error }: Extract<Answer, { page: undefined }>): void {
    if (this.#underWay.size === 0 || !isKind(error, 'transient')) throw error;
    this.#aside.push(stretch);
  }

  #giveBack(lanes: number): void {
    this.#held -= lanes;
    this.#asking.lanes.free += lanes;
  }

  /** Stretches that begin at the cuts, the last one without an end. */
  #beyond(cuts: readonly string[], until: string | undefined): Stretch[] {
    this.#giveBack(-cuts.length);
    return cuts.map((cut, at) => stretchOf(cut, cuts[at + 1] ?? until));
  }

  #try(page: Page): Promise<Answer>[] {
    const { inside, lanes } = this.#asking;
    const ends = endsOf(page);
    if (!this.#isInOrder || !lanes.isOrdered || !ends) return [];
    const cuts = cutsAfter({ inside, ...ends }, lanes.free);
    return this.#beyond(cuts, undefined).map((one) => this.#ask(one));
  }

  async #settle(stretch: Stretch, tried: readonly Promise<Answer>[]): Promise<void> {
    const answers = await Promise.all(tried);
    const isHeeded = answers.every(({ stretch: { after }, page }) => page && isInOrder(page, after));
    const isLost = answers.some((answer) => !answer.page && isKind(answer.error, 'transient'));
    if (!isHeeded) {
      this.#asking.lanes.isOrdered = isLost;
      return this.#giveBack(tried.length);
    }
    this.#isCut = true;
    stretch.until = answers[0]!.stretch.after;
    for (const answer of answers) this.#underWay.set(answer.stretch, Promise.resolve(answer));
  }

  #cut(stretch: Stretch, page: Page): void {
    const { inside, lanes } = this.#asking;
    const { until } = stretch;
    const ends = endsOf(page);
    if (!ends || lanes.free === 0) return;
    const cuts = this.#alphabet.cuts({ inside, ...ends, until }, Math.min(mostCuts, lanes.free));
    stretch.until = cuts[0] ?? until;
    for (const one of this.#beyond(cuts, until)) this.#go(one);
  }
}

function stretchOf(after: string | undefined, until: string | undefined): Stretch {
  return { after, until, last: undefined, token: undefined, tokens: new Circle(), files: new Recent() };
}

/** Whether a directory is after its own name is not the same for all services. */
function without(after: string | undefined, page: Page): Page {
  return after !== undefined && page.prefixes[0] === after
    ? { ...page, prefixes: page.prefixes.slice(1) }
    : page;
}

function isPast({ until }: Pick<Stretch, 'until'>, page: Page): boolean {
  const last = endsOf(page)?.last;
  return until !== undefined && last !== undefined && isBefore(until, last);
}

function within(page: Page, { until }: Pick<Stretch, 'until'>): Pick<Page, 'objects' | 'prefixes'> {
  const { objects, prefixes } = page;
  if (!isPast({ until }, page)) return { objects, prefixes };
  return {
    objects: objects.filter(({ key }) => !isBefore(until!, key)),
    prefixes: prefixes.filter((prefix) => !isBefore(until!, prefix)),
  };
}
