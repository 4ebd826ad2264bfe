/** The connections of one store, kept open between requests. */
import http from 'node:http';
import https from 'node:https';
import { type HttpProxy, serverOf } from '../../work/http/proxies.ts';
import { through } from '../../work/http/through.ts';
import { systemTrust } from '../../work/system-trust.ts';
import type { WebAccess } from './access.ts';

/**
 * What a connection is for. Whoever holds one of one purpose may wait for one of the next, never the other way round,
 * so that those who wait never wait for each other.
 */
export type Purpose = 'write' | 'read' | 'look';

export type Agents = Disposable & {
  readonly agentFor: (url: URL, purpose: Purpose) => http.Agent;
};

const most = 32;

export function createAgents({ proxies }: WebAccess): Agents {
  const made = new Map<string, http.Agent>();
  const over = new AbortController();
  const make = (isSecure: boolean, by: HttpProxy | undefined) => {
    const how = { keepAlive: true, maxSockets: most, maxFreeSockets: most };
    const agent = isSecure ? new https.Agent({ ...how, secureContext: systemTrust() }) : new http.Agent(how);
    if (by) goThrough(by, agent, isSecure, over.signal);
    return agent;
  };
  return {
    agentFor(url, purpose) {
      const to = serverOf(url);
      const by = proxies(to);
      const key = `${url.protocol} ${by?.name} ${purpose}`;
      const agent = made.get(key) ?? make(to.isSecure, by);
      made.set(key, agent);
      return agent;
    },
    [Symbol.dispose]() {
      over.abort();
      for (const agent of made.values()) agent.destroy();
    },
  };
}

function goThrough(by: HttpProxy, agent: http.Agent, isSecure: boolean, signal: AbortSignal): void {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = ({ host, port, ...how }, done) => {
    const to = { host: host!, port: Number(port), isSecure };
    const made = through(by, to, signal);
    void made.then(
      (socket) => done!(null, isSecure ? connect(Object.assign(how, { host, socket }))! : socket),
      (error: Error) => done!(error, undefined!),
    );
    return undefined;
  };
}
