import * as z from 'zod/mini';
import { TransferError } from '../../errors.ts';
import { strategies } from '../../plan/plan.ts';
import { compressions, type TransferRequest } from '../../request.ts';
import { jsonIn } from '../words/json.ts';

// Loaded only to continue a run: zod costs more time than everything else a small job does.

const count = z.int().check(z.nonnegative());

const settings = z.object({
  rules: z.array(z.object({ action: z.enum(['include', 'exclude', 'clear']), pattern: z.string() })),
  filesFrom: z.optional(
    z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('file'),
        path: z.string(),
        separator: z.enum(['newline', 'nul']),
        digest: z.optional(z.string()),
      }),
      z.object({ kind: z.literal('lists'), path: z.string(), digest: z.optional(z.string()) }),
      z.object({ kind: z.literal('failed'), run: z.string() }),
    ]),
  ),
  oneFileSystem: z.boolean(),
  strategy: z.enum(strategies),
  streams: z.union([z.int().check(z.positive()), z.literal('auto')]),
  dryRun: z.boolean(),
  verify: z.boolean(),
  checksum: z.boolean(),
  preserve: z.object({
    mode: z.boolean(),
    owner: z.boolean(),
    times: z.boolean(),
    hardlinks: z.boolean(),
    xattrs: z.boolean(),
    acls: z.boolean(),
    sparse: z.boolean(),
    specials: z.boolean(),
  }),
  numericIds: z.boolean(),
  durability: z.enum(['part', 'run', 'none']),
  retries: count,
  maxErrors: count,
  bytesPerSecond: z.optional(z.number().check(z.positive())),
  trustJournal: z.boolean(),
  compress: z._default(z.enum(compressions), 'auto'),
  direct: z._default(z.boolean(), false),
  rsyncOptions: z._default(z.array(z.string()), []),
  s3: z._default(
    z.object({
      sse: z.optional(z.enum(['AES256', 'aws:kms', 'aws:kms:dsse'])),
      sseKmsKeyId: z.optional(z.string()),
      storageClass: z.optional(z.string()),
      acl: z.optional(z.string()),
      tags: z.optional(z.string()),
      requesterPays: z.optional(z.boolean()),
      manifest: z.optional(z.boolean()),
    }),
    {},
  ),
  s3KeyPrint: z.optional(z.string()),
  verbose: z.boolean(),
});

/** What the Journal keeps of a request: not where the Journal is, nor which run was continued. */
type Settings = Omit<TransferRequest, 'stateDir' | 'namedStateDir' | 'searchPath' | 'resume'>;

const absent = { filesFrom: undefined, bytesPerSecond: undefined, s3KeyPrint: undefined };

/** The settings a run was started with, as the Journal kept them. Throws kind 'corrupt'. */
export function readSettings(run: string, json: string): Settings {
  const read = settings.safeParse(jsonIn(json));
  if (read.success) return { ...absent, ...read.data };
  const at = read.error.issues[0]?.path.join('.') || 'all';
  throw new TransferError('corrupt', `cannot read the settings of run ${run}: ${at} is not as expected`, {
    hint: 'another version of difpipe may have written them: start the transfer again',
  });
}
