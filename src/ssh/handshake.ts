/** The exchange of keys and proofs on what was dialed, with what the library would wait for done at once. */
import type { Duplex } from 'node:stream';
import type { BaseAgent, ConnectConfig } from 'ssh2';
import { lost } from './fault.ts';
import { type Agent, faultOf, isPassing, type Link, lose } from './link.ts';
import type { Attempt } from './proof/authenticate.ts';
import { hostKeysOf } from './proof/host-key.ts';
import { showCertificates } from './proof/show-certificate.ts';
import { createAhead } from './quick/ahead.ts';
import { Gathered } from './quick/gathered.ts';
import { keysAtOnce } from './quick/keys-at-once.ts';
import { ssh2 } from './quick/library.ts';
import { quickOpening } from './quick/quick-opening.ts';
import { quickPackets } from './quick/quick-packets.ts';
import { serviceAtOnce } from './quick/service-at-once.ts';
import { signAtOnce } from './quick/sign-at-once.ts';
import { mostUnread } from './quick/use-window.ts';
import { warmLine } from './quick/warm-line.ts';
import { watchSilence } from './silence.ts';

/** Resolves when we are in. Rejects never: what goes wrong aborts `gone` of the link. */
export function handshake(link: Link, whenAgreed: () => void, agent?: BaseAgent): Promise<void> {
  const { client, target, attempt, dialed, keys } = link;
  const { promise, resolve } = Promise.withResolvers<void>();
  client.once('handshake', () => {
    whenAgreed();
    dialed.lend?.(); // what is decrypted is other memory
    if (link.shown && !attempt.after) keys.remember(link.shown);
    const warm = (mostBytes: number) =>
      warmLine({ client, stream: dialed.stream, mostBytes }, link.gone.signal);
    link.warming?.then(warm).catch(() => undefined); // nobody wants it warm
  });
  const gathered = new Gathered(dialed.stream);
  client.on('handshake', () => {
    quickPackets(client, gathered); // each time that there are new keys
    quickOpening(client);
  });
  client.once('ready', () => resolve());
  client.on('error', (error: Error & { level?: string }) => {
    if (!isPassing(error)) lose(link, faultOf(link, error));
  });
  client.on('end', () => dialed.stream.destroy());
  client.on('close', () => lose(link, lost(target.name)));
  client.connect({ ...wordsOf(link), ...(agent && { agent, agentForward: true }) });
  hurry(link);
  watch(link);
  return promise;
}

/** How the library is to go about it. */
function wordsOf(link: Link): ConnectConfig {
  const { target, dialed, keys } = link;
  return {
    sock: dialed.stream,
    username: target.user,
    algorithms: { ...target.algorithms, serverHostKey: keys.algorithms } as never,
    hostVerifier: (key: Buffer) => {
      link.refused = link.shown && !link.shown.equals(key) ? keys.changed(key) : keys.judge(key);
      link.shown ??= Buffer.from(key);
      return link.refused === undefined;
    },
    authHandler: proving(link),
    readyTimeout: 0, // a person may be asked; silence is watched for instead
    keepaliveInterval: target.aliveMs,
    keepaliveCountMax: Number.MAX_SAFE_INTEGER,
  };
}

/** By the attempt; where it comes after another one, when that is through. */
function proving(link: Link): Attempt['handler'] {
  const { attempt, target } = link;
  const { after, handler } = attempt;
  if (!after) return handler;
  return (...given) => {
    after
      .then(() => {
        const refused = hostKeysOf(target).judge(link.shown!); // the first one may have made it known since
        if (refused) lose(link, refused);
        else handler(...given);
      })
      .catch((error: unknown) => lose(link, lost(target.name, error)));
  };
}

/** Does at once what the library would wait for. */
function hurry(link: Link): void {
  const { attempt, client, dialed, gone, greeting, target } = link;
  if (link.isHasty)
    keysAtOnce(client, () => lose(link, lost(target.name, undefined, 'it exchanges keys in another way')));
  if (greeting || attempt.after) link.ahead = createAhead(client, greeting, mostUnread(dialed.roundTripMs));
  showCertificates(client);
  signAtOnce(client, attempt.ready, link.ahead?.send);
  serviceAtOnce(client, attempt.signsOneWay, gone.signal);
}

function watch(link: Link): void {
  const { attempt, dialed, gone, target } = link;
  const how = { tickMs: target.aliveMs, ticks: target.aliveCount, isPaused: attempt.isAsking };
  const fellSilent = () => lose(link, lost(target.name, undefined, 'it fell silent'));
  const silence = watchSilence(dialed.stream, how, fellSilent);
  gone.signal.addEventListener('abort', () => silence[Symbol.dispose](), { once: true });
}

/** All that the library asks of an agent whose keys it does not use itself. */
export async function forwarded(agent: Agent): Promise<BaseAgent> {
  const { BaseAgent: Base } = await ssh2();
  const getStream = (done: (error: undefined, stream: Duplex) => void) => done(undefined, agent());
  return Object.assign(Object.create(Base.prototype) as BaseAgent, { getStream });
}
