/** How many connections are made for what moves much. As many as fill a long line, and as sshd bears that have not proved who they are. */
export const manyConnections = 8;

const shortMs = 1;

/** From here on they are made before it is known whether much will move: it takes longer than all else to make them later. */
export const longMs = 20;

/** On a short way each costs more to make than it is of use: it is the processors that are few. */
export function manyOver(roundTripMs = Number.POSITIVE_INFINITY): number {
  return roundTripMs < shortMs ? manyConnections / 2 : manyConnections;
}
