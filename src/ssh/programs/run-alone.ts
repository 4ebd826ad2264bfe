import type { FarProcess } from '../../work/far-process.ts';
import type { Connection } from '../connect.ts';
import { lost } from '../fault.ts';
import { Pool } from '../pool.ts';
import { createPrograms, type Program } from './programs.ts';

/** Runs a program on a connection that nobody else has, and that ends with it. */
export async function runAlone(
  connection: Connection,
  program: Program,
  signal: AbortSignal,
): Promise<FarProcess> {
  const pool = new Pool(connection, () => Promise.reject(lost(connection.name)), {
    mostAlone: 1,
    waits: undefined,
  });
  try {
    const process = await createPrograms(pool).runAlone(program, signal);
    const end = async () => {
      await process[Symbol.asyncDispose]();
      await pool[Symbol.asyncDispose]();
    };
    return { ...process, [Symbol.asyncDispose]: end };
  } catch (error) {
    await pool[Symbol.asyncDispose]();
    throw error;
  }
}
