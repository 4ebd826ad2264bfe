/** How a person gets in, and where to: what is undefined is found as AWS's own programs find it. */
export type S3Access = {
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly keys: Keys | undefined;
};

export type Keys = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
};

/** With whatever the environment and AWS's files say. */
export const asFound: S3Access = {
  endpoint: undefined,
  region: undefined,
  profile: undefined,
  keys: undefined,
};
