/** An SFTP server that says what a test tells it to. */
import { PassThrough } from 'node:stream';
import { encode, type Field } from '../../src/store/sftp/protocol/encode.ts';
import { Framer } from '../../src/store/sftp/protocol/framer.ts';
import { packet } from '../../src/store/sftp/protocol/numbers.ts';
import type { OpenWire } from '../../src/store/sftp/protocol/wire.ts';

export type Asked = { readonly type: number; readonly id: number };

/** What is sent for a request: nothing, or bytes; undefined: the far side goes away. */
type Script = (asked: Asked) => Uint8Array | undefined;

export type Scripted = { readonly open: OpenWire; readonly asked: Asked[]; readonly opened: () => number };

/** `script` answers all but the greeting, which offers nothing unless `greeting` is another one. */
export function scripted(script: Script, greeting: Uint8Array = encode(packet.VERSION, [3])): Scripted {
  const asked: Asked[] = [];
  let opened = 0;
  const open: OpenWire = async () => {
    opened++;
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    const framer = new Framer();
    const answer = (bytes: Buffer): Uint8Array | undefined => {
      if (bytes[0] === packet.INIT) return greeting;
      const one = { type: bytes[0]!, id: bytes.readUInt32BE(1) };
      asked.push(one);
      return script(one);
    };
    const serve = async () => {
      for await (const chunk of stdin) {
        for (const bytes of framer.take(chunk)) {
          const said = answer(bytes);
          if (!said) return void stdout.end();
          stdout.write(said);
        }
      }
    };
    const gone = () => void stdout.destroy();
    const ended = serve()
      .catch(gone)
      .then(() => ({ code: undefined, signal: undefined }));
    const close = async () => void stdin.destroy();
    return { stdin, stdout, complaint: () => '', ended, [Symbol.asyncDispose]: close };
  };
  return { open, asked, opened: () => opened };
}

export const nothing = new Uint8Array(0);

/** An answer to `asked`. */
export function answer({ id }: Asked, type: number, ...fields: readonly Field[]): Buffer {
  return encode(type, [id, ...fields]);
}

export function statusOf(asked: Asked, code: number): Buffer {
  return answer(asked, packet.STATUS, code, Buffer.from('as told'), nothing);
}
