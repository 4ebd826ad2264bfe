/**
 * How many connections are made for what moves much. As many as fill a long line, and as sshd bears that have not
 * proved who they are.
 */
const manyConnections = 8;

const shortMs = 1;

/** From here on they are made before it is known whether much will move: it takes longer than all else to make them later. */
export const longMs = 20;

/** On a short way two take all that one thread here can give: each more costs more to make than it is of use. */
export function manyOver(roundTripMs = Number.POSITIVE_INFINITY): number {
  return isShort(roundTripMs) ? 2 : manyConnections;
}

/** Where processors are what is short, not the line. */
export function isShort(roundTripMs = Number.POSITIVE_INFINITY): boolean {
  return roundTripMs < shortMs;
}

/** Whether much will move; asked only where that matters, as to look takes a while. */
export type MovesMuch = () => 'yes' | 'maybe' | 'no';

/** How many are made at once. On a short way those that are wanted are there soon enough, and others take time from the first. */
export function manyAtOnce(movesMuch: MovesMuch, roundTripMs = Number.POSITIVE_INFINITY): number {
  if (isShort(roundTripMs)) return 1;
  const much = movesMuch();
  const isEnough = much === 'yes' || (much === 'maybe' && roundTripMs >= longMs);
  return isEnough ? manyConnections : 1;
}
