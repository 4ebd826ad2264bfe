/**
 * Where data is, parsed from what a person types. Names of files on a disk are bytes; `kind` is the PlaceKind
 * that the planner reads.
 */

export type LocalPlace = {
  readonly kind: 'local';
  /** Absolute; a trailing slash is kept as typed, and says that a file goes into it. */
  readonly path: Uint8Array;
};

export type SshPlace = {
  readonly kind: 'ssh';
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly path: Uint8Array; // relative to the user's home without a leading slash
};

export type S3Place = { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

export type HttpPlace = {
  readonly kind: 'http';
  readonly url: string;
  /** how the one file that is meant in it was typed: some servers, and signatures, tell %2B from + */
  readonly step?: string;
  /** nobody looks at that file: what is put there replaces it */
  readonly isBlind?: true;
};

/** A place that rclone reaches: one of its remotes by name, or gs:// and az:// (remote 'gs' and 'az'). */
export type CloudPlace = {
  readonly kind: 'cloud';
  readonly service: 'rclone' | 'gs' | 'az';
  readonly remote: string; // rclone's name for it; the bucket or container for gs and az
  readonly path: string;
};

export type Location = LocalPlace | SshPlace | S3Place | HttpPlace | CloudPlace;

/** Where something goes from and to. */
export type Places = { readonly source: Location; readonly dest: Location };
