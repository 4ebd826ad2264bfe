import type { Rclone } from '../../store/rclone/rclone.ts';
import { findInPath } from './path.ts';

/** The rclone in PATH, with the environment that holds its settings. */
export function ownRclone(): Rclone {
  return { program: findInPath('rclone'), env: process.env };
}
