/** Keys that show a certificate: those for which one lies in a file. */
import { show } from '../../report/show.ts';
import type { Target } from '../config/target.ts';
import { type Certificate, certificateIn, certified } from './certificate.ts';
import { readPublic } from './identity.ts';
import type { Signer, Signers } from './signers.ts';

/** For the certificates that the configuration names, and those beside keys. */
export function certifiedSigners(
  { identityFiles, certificateFiles }: Pick<Target, 'identityFiles' | 'certificateFiles'>,
  signers: readonly Signer[],
): Signers {
  const paths = new Set([...certificateFiles, ...identityFiles.map((path) => `${path}-cert.pub`)]);
  const found = [...paths].map((path) => fromFile(path, signers));
  return {
    signers: found.flatMap(({ signer }) => signer ?? []),
    notes: found.flatMap(({ note }) => note ?? []),
  };
}

type Found = { readonly signer?: Signer | undefined; readonly note?: string | undefined };

function fromFile(path: string, signers: readonly Signer[]): Found {
  const text = readPublic(path);
  if (text === '') return {};
  const label = show(Buffer.from(path));
  const certificate = certificateIn(text);
  if (!certificate?.isOfUser) return { note: `${label} is no certificate of a user that can be shown` };
  const signer = signers.find(({ key }) => key.getPublicSSH().equals(certificate.plain));
  if (!signer) return { note: `there is no key for the certificate ${label}` };
  return {
    signer: { ...signer, key: certified(signer.key, certificate), label },
    note: untimely(label, certificate),
  };
}

/** The clock of the host is what counts. */
function untimely(label: string, { validFrom, validUntil }: Certificate): string | undefined {
  const now = BigInt(Math.floor(Date.now() / 1000));
  if (now >= validFrom && now < validUntil) return undefined;
  const when =
    now < validFrom ? `is good from ${dateOf(validFrom)} on` : `was good until ${dateOf(validUntil)}`;
  return `the certificate ${label} ${when}`;
}

const lastMs = 8.64e15; // that a Date can be

function dateOf(seconds: bigint): string {
  return new Date(Math.min(Number(seconds) * 1000, lastMs)).toISOString().replace(/\.\d+Z$/, 'Z');
}
