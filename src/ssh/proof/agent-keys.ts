/** The keys that an agent holds, with its certificates, which the library passes over. */
import { connect } from 'node:net';
import type { ParsedKey } from 'ssh2';
import { ssh2 } from '../quick/library.ts';
import { Fields, field } from '../wire.ts';
import { certified, readCertificate } from './certificate.ts';

export type AgentKey = { readonly key: ParsedKey; readonly comment: string };

const askIdentities = 11;
const identities = 12;
const mostWaitMs = 10_000; // sooner than a host that waits for us seems to have fallen silent
const mostBytes = 256 * 1024; // as much as OpenSSH's agent takes and gives

/** Those of types that can be used; throws where nothing answers in time, or not as an agent does. */
export async function keysIn(socketPath: string): Promise<readonly AgentKey[]> {
  const { utils } = await ssh2();
  const fields = new Fields(await answer(socketPath, Buffer.of(askIdentities)));
  if (fields.byte() !== identities) throw new Error('the agent does not say which keys it has');
  return Array.from({ length: fields.number() }, () => ({
    blob: fields.string(),
    comment: fields.string().toString(),
  })).flatMap(({ blob, comment }) => {
    const certificate = readCertificate(blob);
    const key = utils.parseKey(certificate?.plain ?? blob) as ParsedKey | Error;
    if (key instanceof Error) return [];
    return [{ key: certificate ? certified(key, certificate) : key, comment }];
  });
}

async function answer(socketPath: string, message: Buffer): Promise<Buffer> {
  const socket = connect(socketPath);
  socket.setTimeout(mostWaitMs, () => socket.destroy());
  socket.write(field(message));
  let come = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    come = Buffer.concat([come, chunk]);
    const bytes = come.length < 4 ? mostBytes : come.readUInt32BE();
    if (bytes > mostBytes) break;
    if (come.length >= 4 + bytes) return come.subarray(4, 4 + bytes);
  }
  throw new Error('the agent gives no whole answer');
}
