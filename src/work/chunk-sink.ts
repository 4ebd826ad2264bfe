import { Writable } from 'node:stream';

/**
 * The end of a pipeline that takes each chunk as it comes, the next one when this one is done with. Who reads a stream as
 * a sequence has those of one turn joined, in memory that is made for it.
 */
export function chunkSink(take: (chunk: Buffer) => Promise<void> | undefined): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        const taking = take(chunk);
        if (taking) taking.then(() => done(), done);
        else done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
