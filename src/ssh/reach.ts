import { TransferError } from '../errors.ts';
import { printable } from '../report/show.ts';
import type { Access } from './access.ts';
import { configFiles } from './config/config-files.ts';
import { type Named, type Target, targetOf } from './config/target.ts';
import { type Beside, type Connection, connect, type Steady } from './connect.ts';
import type { Agent } from './link.ts';
import { createProof, type Proof } from './proof/authenticate.ts';
import type { Entrance } from './straight/lent-key.ts';

const mostHops = 8; // or a configuration leads in circles

export type Reaches = {
  readonly reach: (signal: AbortSignal, beside?: Beside) => Promise<Connection>;
  /**
   * Connects while the first connection is still being made, and is let in when that one was. Absent where others are on
   * the way: each of them would have to be asked, too.
   */
  readonly follow?: (signal: AbortSignal, beside: Pick<Beside, 'warming'>) => Promise<Connection>;
  /** The same as `reach`, where programs on the host find an agent of ours. */
  readonly reachLending: (agent: Agent, signal: AbortSignal) => Promise<Connection>;
  /** How another one would get in as we did there; undefined where that was not by a key. */
  readonly entrance: (there: Connection) => Entrance | undefined;
};

/**
 * How to connect to a host, through others where its configuration says so. What was proved once to any of them is
 * remembered for the next connection; the password is for the host itself alone.
 */
export async function createReach(to: Named, access: Access, until: AbortSignal): Promise<Reaches> {
  const files = configFiles(access.home);
  const proofs = new Map<string, Proof>();
  const steady: Steady = new Set();
  const proofOf = (target: Target, allowed: Access) => {
    const known = proofs.get(target.name) ?? createProof(target, allowed);
    proofs.set(target.name, known);
    return known;
  };

  async function toTarget(
    target: Target,
    allowed: Access,
    left: number,
    signal: AbortSignal,
    beside: Beside = {},
  ): Promise<Connection> {
    if (left === 0)
      throw new TransferError('usage', `the way to ${target.name} leads through more than ${mostHops} hosts`);
    const onTheWay = { ...allowed, password: undefined };
    const reach = async (hops: readonly string[]) => {
      const before = hops.slice(0, -1);
      const hop = await targetOf(parseHop(hops.at(-1)!), onTheWay, files, signal);
      const through =
        before.length === 0 ? hop : { ...hop, approach: { kind: 'jump' as const, hops: before } };
      return toTarget(through, onTheWay, left - 1, signal);
    };
    return connect(target, proofOf(target, allowed).begin, reach, signal, { ...beside, steady });
  }

  const target = await targetOf(to, access, files, until);
  const nobody = () => Promise.reject(new Error('nobody is on the way'));
  return {
    reach: (signal, beside) => toTarget(target, access, mostHops, signal, beside),
    reachLending: (agent, signal) => toTarget(target, access, mostHops, signal, { agent }),
    entrance: ({ hostKey }) => {
      const signer = proofOf(target, access).signer();
      const { user, host, port } = target;
      return signer && { user, host, port, hostKey, signer };
    },
    ...(target.approach.kind === 'direct' && {
      follow: (signal, beside) =>
        connect(target, proofOf(target, access).follow, nobody, signal, { ...beside, steady }),
    }),
  };
}

/** `user@host:port`, or the same as ssh://. */
function parseHop(text: string): Named {
  const hop = /^(?:ssh:\/\/)?(?:(.*)@)?(\[[^\]]+\]|[^:@[\]]+)(?::(\d{1,5}))?\/?$/.exec(text);
  if (!hop) {
    const hint = 'look at ProxyJump in ~/.ssh/config';
    throw new TransferError('usage', `cannot read '${printable(text)}' as a host on the way`, { hint });
  }
  return {
    user: hop[1],
    host: hop[2]!.replace(/^\[|\]$/g, ''),
    port: hop[3] === undefined ? undefined : Number(hop[3]),
  };
}
