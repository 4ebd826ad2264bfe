import { encode } from './encode.ts';
import { packet, version } from './numbers.ts';

/** What a server is told before anything else. */
export const greeting = encode(packet.INIT, [version]);
