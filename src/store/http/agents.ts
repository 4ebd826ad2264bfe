/** The connections of one store, kept open between requests. */
import http from 'node:http';
import https from 'node:https';
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
  const make = (protocol: string) => {
    const how = { keepAlive: true, maxSockets: most, maxFreeSockets: most, proxyEnv: proxies };
    return protocol === 'https:'
      ? new https.Agent({ ...how, secureContext: systemTrust() })
      : new http.Agent(how);
  };
  return {
    agentFor({ protocol }, purpose) {
      const key = `${protocol} ${purpose}`;
      const agent = made.get(key) ?? make(protocol);
      made.set(key, agent);
      return agent;
    },
    [Symbol.dispose]() {
      for (const agent of made.values()) agent.destroy();
    },
  };
}
