/**
 * The library asks for the service that lets people in, and says who we are when that was granted, which takes a round
 * trip. A host answers in order, so both can go together; one that does not grant it ends the connection in any case.
 */
import type { Client } from 'ssh2';
import { heardLater } from '../../work/heard-later.ts';

type Handler = (protocol: unknown, ...given: readonly unknown[]) => void;

/** What the library has of a client, as far as it is used here. */
type Inside = {
  readonly _protocol: { readonly _handlers: { SERVICE_ACCEPT: Handler; EXT_INFO: Handler } };
};

/**
 * To be called once the client connects. Until the host has told which signatures it takes, only those go that know but
 * one: the right one could not be chosen.
 */
export function serviceAtOnce(client: Client, signsOneWay: () => Promise<boolean>, gone: AbortSignal): void {
  const { _protocol: protocol } = client as unknown as Inside;
  const { _handlers: handlers } = protocol;
  const { SERVICE_ACCEPT: granted, EXT_INFO: told } = handlers;
  let isAgreed = false;
  let isGranted = false;
  handlers.EXT_INFO = (...given) => {
    told(...given);
    if (isAgreed) goOn();
  };
  handlers.SERVICE_ACCEPT = (...given) => {
    if (!isGranted) granted(...given);
    isGranted = true;
  };
  const goOn = () => {
    if (!gone.aborted) handlers.SERVICE_ACCEPT(protocol, 'ssh-userauth');
  };
  const isReady = heardLater(signsOneWay());
  client.once('handshake', () => {
    isAgreed = true;
    isReady.then((isOne) => isOne && goOn()).catch(() => undefined); // who tries the keys hears of it
  });
}
