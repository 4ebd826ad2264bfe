/** Connections that are kept for the next request to the same server: so many at most, the others wait in line. */
import type { SecureContext } from 'node:tls';
import { createTurns } from '../turns.ts';
import { Connection, type Session, type To } from './connection.ts';

export type Pool = Disposable & {
  /** One that nobody else uses, a new one if that is wanted. To be given back. */
  readonly take: (to: To, isNew: boolean, signal: AbortSignal) => Promise<Lease>;
};

export type Lease = {
  readonly connection: Connection;
  /** May be called again, which does nothing. */
  readonly end: (isKept: boolean) => void;
};

const idleMs = 4000; // less than servers wait before they hang up

export function createPool(most: number, secureContext: SecureContext | undefined): Pool {
  const turns = createTurns(most);
  const servers = new Map<string, Connection[]>();
  const sessions = new Map<string, Session>();
  const all = new Set<Connection>();
  const take = async (to: To, isNew: boolean, signal: AbortSignal): Promise<Lease> => {
    const turn = await turns(signal);
    const key = `${to.isSecure} ${to.host} ${to.port}`;
    const idle = servers.get(key) ?? [];
    servers.set(key, idle);
    const connection = (isNew ? undefined : fresh(idle)) ?? open(key, to);
    connection.use(signal);
    return leased(connection, idle, turn);
  };
  return {
    take,
    [Symbol.dispose]() {
      for (const connection of all) connection.destroy();
    },
  };

  function open(key: string, to: To): Connection {
    const session = sessions.get(key) ?? (secureContext ? { secureContext } : {});
    sessions.set(key, session);
    const connection = new Connection(to, session, () => all.delete(connection));
    all.add(connection);
    return connection;
  }
}

function leased(connection: Connection, idle: Connection[], turn: Disposable): Lease {
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
  return { connection, end };
}

/** The one that was used last: others may be idle for so long that they are of no use. */
function fresh(idle: Connection[]): Connection | undefined {
  for (let one = idle.pop(); one; one = idle.pop()) {
    if (one.isQuiet && performance.now() - one.idleSinceMs! < idleMs) return one;
    one.destroy();
  }
  return undefined;
}
