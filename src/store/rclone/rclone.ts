/** The rclone of this machine, as whoever starts it has to know it. */
export type Rclone = {
  /** undefined: there is none */
  readonly program: string | undefined;
  /** what it finds its configuration by */
  readonly env: NodeJS.ProcessEnv;
};

export const none: Rclone = { program: undefined, env: {} };
