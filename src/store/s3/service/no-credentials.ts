/** Why AWS's library found no credentials, in words that hold none. */
import { TransferError } from '../../../errors.ts';
import { printable } from '../../../report/show.ts';

const sayNothing = /^Could not load credentials from any providers/;
const longest = 300;

/** 'denied'; of several reasons the first that says something. */
export function noCredentials(causes: readonly unknown[]): TransferError {
  const why = causes.map(reasonOf).find((reason) => reason !== undefined);
  return new TransferError('denied', `cannot find credentials for S3${why === undefined ? '' : `: ${why}`}`, {
    hint:
      why === undefined
        ? 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with --s3-profile'
        : 'aws sts get-caller-identity with the same profile should say more; look at ~/.aws/config and ~/.aws/credentials',
    cause: causes[0],
  });
}

function reasonOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || sayNothing.test(cause.message)) return undefined;
  if (cause.message.startsWith('Command failed')) return 'its credential_process failed'; // the command may hold a secret
  const [first = ''] = cause.message.split('\n');
  return printable(first.slice(0, longest)).replace(/\.$/, '') || undefined;
}
