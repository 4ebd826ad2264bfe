/** What stands for something else in values of ssh_config. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { TransferError } from '../../errors.ts';
import { printable } from '../../report/show.ts';
import type { Known } from './match.ts';

export type Facts = Pick<
  Known,
  'host' | 'originalHost' | 'user' | 'port' | 'keyAlias' | 'jump' | 'localUser' | 'home'
>;

/** With `%h` and its like as what they stand for; others stay. */
export function expandTokens(text: string, facts: Facts): string {
  const tokens = tokensOf(facts);
  return text.replace(/%(.)/gs, (all, token: string) => tokens[token] ?? all);
}

/** A path: `~/`, tokens, and `${NAME}` of the environment. Throws 'usage' where that has no value, as ssh does. */
export function expandPath(
  text: string,
  facts: Facts,
  variable: (name: string) => string | undefined,
): string {
  const tokens = tokensOf(facts);
  const path = text.replace(/^~(?=\/)/, '%d');
  return path.replace(/%(.)|\$\{([^}]*)\}/gs, (all, token: string | undefined, name: string) => {
    if (token !== undefined) return tokens[token] ?? all;
    return variable(name) ?? refuse(text, name);
  });
}

function refuse(text: string, name: string): never {
  const sentence = `ssh_config says '${text}', and there is no ${name} in the environment`;
  throw new TransferError('usage', printable(sentence), {
    hint: `set ${printable(name)}, or write the path`,
  });
}

function tokensOf(facts: Facts): Readonly<Record<string, string>> {
  const local = hostname();
  return {
    C: createHash('sha1')
      .update([local, facts.host, facts.port, facts.user, facts.jump].join(''))
      .digest('hex'),
    L: local.split('.')[0]!,
    d: facts.home,
    h: facts.host,
    i: `${process.getuid!()}`,
    j: facts.jump,
    k: facts.keyAlias,
    l: local,
    n: facts.originalHost,
    p: `${facts.port}`,
    r: facts.user,
    u: facts.localUser,
    '%': '%',
  };
}
