/** What a person brings along for the web: who he is there, and the way out of his network. */
export type WebAccess = {
  /** a value of Authorization, said to the server of the place and to no other */
  readonly authorization: string | undefined;
  /** variables like HTTPS_PROXY, as Node's agents read them */
  readonly proxies: Readonly<Record<string, string>>;
};

/** Nobody in particular, straight away. */
export const anybody: WebAccess = { authorization: undefined, proxies: {} };
