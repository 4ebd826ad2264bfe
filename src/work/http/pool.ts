/** Connections that are kept for the next request to the same server: so many at most, the others wait in line. */
import type { SecureContext } from 'node:tls';
import { createTurns } from '../turns.ts';
import { Connection, type Session } from './connection.ts';
import { type HttpProxy, type Proxies, straight, type To } from './proxies.ts';
import { through } from './through.ts';

export type Pool = Disposable & {
  /** One that nobody else uses, a new one if that is wanted. To be given back. Throws a ProxyFault. */
  readonly take: (to: To, isNew: boolean, signal: AbortSignal) => Promise<Lease>;
};

export type Lease = {
  readonly connection: Connection;
  /** whoever reads the requests and passes them on */
  readonly relay: HttpProxy | undefined;
  /** May be called again, which does nothing. */
  readonly end: (isKept: boolean) => void;
};

/** Whom to believe over TLS, and the way there: as Node does, and straight. */
export type Ways = { readonly authorities?: SecureContext | undefined; readonly proxies?: Proxies };

type Server = {
  readonly to: To;
  readonly by: HttpProxy | undefined;
  readonly session: Session;
  readonly idle: Connection[];
};

const idleMs = 4000; // less than servers wait before they hang up

export function createPool(most: number, { authorities, proxies = straight }: Ways): Pool {
  const turns = createTurns(most);
  const servers = new Map<string, Server>();
  const all = new Set<Connection>();
  const over = new AbortController();
  const take = async (to: To, isNew: boolean, signal: AbortSignal): Promise<Lease> => {
    const turn = await turns(signal);
    try {
      const server = serverAt(to);
      const connection = (isNew ? undefined : fresh(server.idle)) ?? (await open(server, signal));
      connection.use(signal);
      return leased(connection, server, turn);
    } catch (error) {
      turn[Symbol.dispose]();
      throw error;
    }
  };
  return {
    take,
    [Symbol.dispose]() {
      over.abort();
      for (const connection of all) connection.destroy();
    },
  };

  function serverAt(to: To): Server {
    const key = `${to.isSecure} ${to.host} ${to.port}`;
    const known = servers.get(key);
    if (known) return known;
    const session = authorities ? { secureContext: authorities } : {};
    const server = { to, by: proxies(to), session, idle: [] };
    servers.set(key, server);
    return server;
  }

  async function open({ to, by, session }: Server, signal: AbortSignal): Promise<Connection> {
    const way = by && (await through(by, to, AbortSignal.any([signal, over.signal])));
    const connection = new Connection(to, session, () => all.delete(connection), way);
    all.add(connection);
    return connection;
  }
}

function leased(connection: Connection, { to, by, idle }: Server, turn: Disposable): Lease {
  let isOver = false;
  const end = (isKept: boolean) => {
    if (isOver) return;
    isOver = true;
    if (isKept && connection.isQuiet) {
      connection.rest();
      idle.push(connection);
    } else connection.destroy();
    turn[Symbol.dispose]();
  };
  return { connection, relay: to.isSecure ? undefined : by, end };
}

/** The one that was used last: others may be idle for so long that they are of no use. */
function fresh(idle: Connection[]): Connection | undefined {
  for (let one = idle.pop(); one; one = idle.pop()) {
    if (one.isQuiet && performance.now() - one.idleSinceMs! < idleMs) return one;
    one.destroy();
  }
  return undefined;
}
