import { type Proxies, straight } from '../../work/http/proxies.ts';

/** What a person brings along for the web: who he is there, and the way out of his network. */
export type WebAccess = {
  /** a value of Authorization, said to the server of the place and to no other */
  readonly authorization: string | undefined;
  readonly proxies: Proxies;
};

/** Nobody in particular, straight away. */
export const anybody: WebAccess = { authorization: undefined, proxies: straight };
