/** A bucket that is asked: requests are signed, sent, and sent once more where the answer tells how they should have been. */

import { inItsPlace } from '../../../work/http/proxy-fault.ts';
import { type Answer, createWire, type Sent } from '../../../work/http/wire.ts';
import type { S3Access } from '../access.ts';
import { addressOf, isPrivate, serviceName } from './address.ts';
import type { Settled } from './chain.ts';
import { noS3, Refusal } from './fault.ts';
import { rightsFor } from './right.ts';
import { createThrottle } from './throttle.ts';
import { type Said, Whereabouts } from './whereabouts.ts';
import { text } from './xml.ts';

export type Ask = {
  readonly method: 'GET' | 'PUT' | 'HEAD' | 'DELETE' | 'POST';
  /** '' is the bucket */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Sent;
};

export type Whole = Pick<Answer, 'status' | 'headers'> & { readonly body: Buffer };

export type Service = Disposable & {
  readonly bucket: string;
  /** for messages */
  readonly name: string;
  /** where it is and who asks: two of which this is the same can copy from each other */
  readonly who: string;
  /** a fingerprint of what is asked for all that is written; '' nothing */
  readonly asks: string;
  /** nobody between here and there reads what is said, or there is no way between */
  readonly isPrivate: boolean;
  /** Throws a Refusal, or what broke. */
  readonly ask: (ask: Ask, signal: AbortSignal) => Promise<Whole>;
  /** The same of an answer that is read as it comes: to its end, or it is left. */
  readonly open: (ask: Ask, signal: AbortSignal) => Promise<Answer>;
};

const mostAtOnce = 64;
const mostBytes = 64 * 1024 * 1024; // of an answer that is held
const mostTurns = 4; // redirects and the like

export function createService(bucket: string, settled: Settled, tell?: S3Access['tell']): Service {
  const wire = createWire(mostAtOnce, settled);
  const name = serviceName(settled.endpoint, settled.region);
  const throttle = createThrottle(mostAtOnce, (limit) => tell?.(pace(name, limit)));
  const whereabouts = new Whereabouts(settled, bucket);
  const once = async (ask: Ask, signal: AbortSignal): Promise<Answer> => {
    const { keys } = settled;
    const found = await keys();
    const { learnt } = whereabouts;
    const request = whereabouts.signed(ask, found);
    const answer = await wire(request, signal);
    if (answer.status < 300) return answer;
    const body = (await collect(answer)).toString();
    const code = text(body, 'Code') ?? '';
    if (code === 'SlowDown' || answer.status === 503 || answer.status === 429) throttle.tooMuch();
    if (answer.relay && body !== '' && code === '') throw inItsPlace(answer.relay, name, answer.status);
    throw new Unheard({ ask, answer, body, code, learnt, keys: found });
  };
  const open = async (ask: Ask, signal: AbortSignal): Promise<Answer> => {
    for (let turn = 0; ; turn++) {
      try {
        return await once(ask, signal);
      } catch (error) {
        if (!(error instanceof Unheard)) throw error;
        const { said } = error;
        if (turn === 0 && said.code === 'ExpiredToken') {
          if (!(await settled.renew(said.keys))) throw refusalOf(said, Number.POSITIVE_INFINITY);
        } else if (turn >= mostTurns || !whereabouts.learns(said)) throw refusalOf(said);
      }
    }
  };
  return {
    bucket,
    name,
    who: `${settled.endpoint ?? ''} ${settled.who}`,
    asks: '',
    isPrivate: isPrivate(addressOf(settled.endpoint, settled.region, ''), settled.proxies),
    open: (ask, signal) => throttle.during(() => open(ask, signal), signal),
    ask: (ask, signal) =>
      throttle.during(async () => {
        const answer = await open(ask, signal);
        return { status: answer.status, headers: answer.headers, body: await collect(answer) };
      }, signal),
    [Symbol.dispose]: () => wire[Symbol.dispose](),
  };
}

function pace(name: string, limit: number): string {
  if (limit < mostAtOnce) return `${name} says that it is too much: it gets fewer requests at once`;
  return `${name} gets as many requests at once as before`;
}

type Told = Said & { readonly ask: Ask };

class Unheard extends Error {
  readonly said: Told;

  constructor(said: Told) {
    super(said.code);
    this.said = said;
  }
}

/** A HEAD is answered without a reason: what it means is told by its number. */
function refusalOf({ ask, answer, body, code }: Told, waitMs = waitOf(answer)): Refusal {
  const about = text(body, 'Header') ?? text(body, 'ArgumentName');
  const isForeign = body !== '' && code === '' && answer.status < 500; // services have bad days, too
  const message = isForeign ? noS3 : (text(body, 'Message') ?? '');
  const refusal = new Refusal(answer.status, code, message, waitMs, about);
  refusal.rights = rightsFor(ask);
  refusal.isOfOne = answer.status === 500 && isReadOf(ask);
  return refusal;
}

/** An object is read: by us, or by the service, to copy it. */
function isReadOf({ method, key, query, headers = {} }: Ask): boolean {
  const isRead = query === undefined && (method === 'GET' || method === 'HEAD');
  return key !== '' && (isRead || 'x-amz-copy-source' in headers);
}

function waitOf({ headers }: Answer): number | undefined {
  const seconds = Number(headers['retry-after']);
  return seconds > 0 ? seconds * 1000 : undefined;
}

async function collect({ body, held }: Answer): Promise<Buffer> {
  if (held) return held;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return chunks.length === 1
    ? Buffer.from(chunks[0]!.buffer, chunks[0]!.byteOffset, bytes)
    : Buffer.concat(chunks);
}
