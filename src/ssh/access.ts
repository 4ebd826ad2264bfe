/** How to prove who we are to one end. Given by the cli, which alone knows environment, files and terminal. */
export type Access = {
  /** for the host itself, never for one on the way to it */
  readonly password: string | undefined;
  /** Asks on the terminal; absent where there is none. */
  readonly ask: ((question: string, isSecret: boolean) => Promise<string>) | undefined;
  /** an unknown host's key is taken and remembered; a changed one never */
  readonly acceptNewHostKeys: boolean;
  /** where .ssh is */
  readonly home: string;
  /** the local user's name */
  readonly userName: string;
  readonly agentSocket: string | undefined;
  /** of the environment */
  readonly variable: (name: string) => string | undefined;
};
