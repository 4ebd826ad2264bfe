/** What is offered to a host to choose from: what Ciphers, MACs and KexAlgorithms of ssh_config say, as far as we have it. */
import { TransferError } from '../../errors.ts';
import { matchesList } from './pattern.ts';
import type { Settings } from './settings.ts';

/** By preference. */
export type Algorithms = {
  readonly cipher: readonly string[];
  readonly hmac: readonly string[];
  readonly kex: readonly string[];
};

type Choice = {
  readonly keyword: string;
  readonly usual: readonly string[];
  readonly others: readonly string[];
};

/** The usual ciphers are fastest first, as measured in Node on a processor with AES; the others go only where they are named. */
const choices: Readonly<Record<keyof Algorithms, Choice>> = {
  cipher: {
    keyword: 'Ciphers',
    usual: [
      'aes128-gcm@openssh.com',
      'aes256-gcm@openssh.com',
      'aes128-ctr',
      'aes192-ctr',
      'aes256-ctr',
      'chacha20-poly1305@openssh.com',
    ],
    others: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
  },
  hmac: {
    keyword: 'MACs',
    usual: [
      'hmac-sha2-256-etm@openssh.com',
      'hmac-sha2-512-etm@openssh.com',
      'hmac-sha1-etm@openssh.com',
      'hmac-sha2-256',
      'hmac-sha2-512',
      'hmac-sha1',
    ],
    others: ['hmac-sha1-96', 'hmac-md5', 'hmac-md5-96'],
  },
  kex: {
    keyword: 'KexAlgorithms',
    usual: [
      'curve25519-sha256@libssh.org',
      'curve25519-sha256',
      'ecdh-sha2-nistp256',
      'ecdh-sha2-nistp384',
      'ecdh-sha2-nistp521',
      'diffie-hellman-group-exchange-sha256',
      'diffie-hellman-group14-sha256',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group18-sha512',
    ],
    others: [
      'diffie-hellman-group-exchange-sha1',
      'diffie-hellman-group14-sha1',
      'diffie-hellman-group1-sha1',
    ],
  },
};

/** Throws 'unsupported' where nothing is left that we have. */
export function algorithmsOf(settings: Settings, name: string): Algorithms {
  const of = (kind: keyof Algorithms) => chosen(choices[kind], settings, name);
  return { cipher: of('cipher'), hmac: of('hmac'), kex: of('kex') };
}

function chosen({ keyword, usual, others }: Choice, settings: Settings, name: string): readonly string[] {
  const value = settings.get(keyword.toLowerCase())?.[0];
  if (value === undefined) return usual;
  const known = new Set([...usual, ...others]);
  const found = [...new Set(wanted(value, usual))].filter((one) => known.has(one));
  if (found.length > 0) return found;
  throw new TransferError(
    'unsupported',
    `cannot talk to ${name}: nothing of ${keyword} ${value} is known here`,
    {
      hint: `name one of these, too: ${usual.join(',')}`,
    },
  );
}

/** As ssh reads it: `+` adds to the usual ones, `-` takes away, `^` puts before. */
function wanted(value: string, usual: readonly string[]): readonly string[] {
  const names = value.replace(/^[-+^]/, '').split(',');
  if (value.startsWith('+')) return [...usual, ...names];
  if (value.startsWith('-')) return usual.filter((one) => !matchesList(one, names));
  return value.startsWith('^') ? [...names, ...usual] : names;
}
