/** Memory for parts that are on their way, used again: what is left to be collected takes up as much once more. */
export type Spare = {
  /** So many bytes, whatever is in them. */
  readonly take: (bytes: number) => Buffer;
  /** Nobody reads it any more. */
  readonly give: (room: Buffer) => void;
};

export function createSpare(): Spare {
  let rooms: Buffer[] = [];
  return {
    take(bytes) {
      if (rooms[0]?.length !== bytes) rooms = []; // the parts of another file
      return rooms.pop() ?? Buffer.allocUnsafeSlow(bytes);
    },
    give(room) {
      rooms.push(room);
    },
  };
}
