import { type Proxies, straight } from '../../work/http/proxies.ts';
import type { Book } from './manifest/book.ts';

/** How a person gets in, and where to: what is undefined is found as AWS's own programs find it. */
export type S3Access = {
  readonly endpoint: string | undefined;
  /** what the environment says of it, which a profile may say to ignore */
  readonly surrounding: Surrounding;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly keys: Keys | undefined;
  /** a file of the authorities that are believed, instead of those of this machine */
  readonly caFile: string | undefined;
  readonly proxies: Proxies;
  readonly wishes: S3Wishes;
  /** a key of 32 bytes with which the service encrypts what is written and decrypts what is read */
  readonly customerKey: Uint8Array | undefined;
  /** where uploads are noted down as long as they are not ended; undefined: nowhere */
  readonly uploads: Uploads | undefined;
  /** what a person may want to know of the service meanwhile */
  readonly tell: ((message: string) => void) | undefined;
  /** what becomes of a manifest; undefined: it is not looked for */
  readonly manifest: ManifestHow | undefined;
};

export type Surrounding = {
  readonly endpoint: string | undefined;
  /** endpoints that neither a flag nor an end's own variable names count for nothing; undefined: the profile says */
  readonly isIgnored: boolean | undefined;
};

export type ManifestHow = {
  /** there is to be one, even where none is */
  readonly isAsked: boolean;
  /** nothing is to be changed there: that of a tree which the place is a part of counts as well */
  readonly isRead: boolean;
  readonly book: () => Promise<Book>;
  readonly warn: (message: string, hint: string) => void;
};

type Where = { readonly service: string; readonly bucket: string };

export type Uploads = {
  /** Before the service is asked to begin one; what is returned is told its id, or that it was not begun. */
  readonly intend: (where: Where & { readonly key: string }) => {
    readonly began: (id: string) => void;
    readonly refused: () => void;
  };
  readonly ended: (where: Where & { readonly id: string }) => void;
};

export type Keys = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
};

/** What the service is to do with what is written, beside keeping it, and who pays. Undefined: as it usually does. */
export type S3Wishes = {
  readonly sse?: 'AES256' | 'aws:kms' | 'aws:kms:dsse' | undefined;
  readonly sseKmsKeyId?: string | undefined;
  readonly storageClass?: string | undefined;
  readonly acl?: string | undefined;
  /** as a query is written */
  readonly tags?: string | undefined;
  readonly requesterPays?: boolean | undefined;
  /** what objects do not hold goes into a manifest */
  readonly manifest?: boolean | undefined;
};

/** With whatever the environment and AWS's files say. */
export const asFound: S3Access = {
  endpoint: undefined,
  surrounding: { endpoint: undefined, isIgnored: undefined },
  region: undefined,
  profile: undefined,
  keys: undefined,
  caFile: undefined,
  proxies: straight,
  wishes: {},
  customerKey: undefined,
  uploads: undefined,
  tell: undefined,
  manifest: undefined,
};
