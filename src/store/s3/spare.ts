/** Memory for parts that are on their way, used again: what is left to be collected takes up as much once more. */
export type Spare = {
  /** So many bytes, whatever is in them. */
  readonly take: (bytes: number) => Buffer;
  /** Nobody reads it any more. */
  readonly give: (room: Buffer) => void;
};

const mostKept = 8;

export function createSpare(): Spare {
  const rooms: Buffer[] = []; // of several lengths: files end where they end
  return {
    take(bytes) {
      const at = rooms.findIndex(({ length }) => length === bytes);
      return at < 0 ? Buffer.allocUnsafeSlow(bytes) : rooms.splice(at, 1)[0]!;
    },
    give(room) {
      rooms.push(room);
      if (rooms.length > mostKept) rooms.shift();
    },
  };
}
