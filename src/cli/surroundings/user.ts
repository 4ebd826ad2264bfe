/** Who runs the program, also where the system knows him by nothing but a number, as in many containers. */
import { homedir, userInfo } from 'node:os';
import { TransferError } from '../../errors.ts';

/** HOME, or what the system says. Throws 'usage' where there is neither. */
export function homeOfUser(hint = 'set HOME'): string {
  try {
    return homedir() || userInfo().homedir; // an empty HOME is none
  } catch (cause) {
    throw new TransferError('usage', `user ${process.getuid!()} has no home directory`, { cause, hint });
  }
}

/** His number where he has no name, as ls has it. */
export function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid!());
  }
}
