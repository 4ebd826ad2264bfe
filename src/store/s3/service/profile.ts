/** What AWS's files say of the profile that is meant. */
import { getProfileName, loadSharedConfigFiles, type Profile } from '@smithy/core/config';
import { TransferError } from '../../../errors.ts';

export type Configured = Readonly<Record<'region' | 'caFile', string | undefined>> & {
  readonly name: string;
  /** Throws 'usage' where it is to be found and is not. */
  readonly endpoint: () => string | undefined;
  /** endpoints that are not typed count for nothing */
  readonly ignoresEndpoints: boolean;
  /** it says where credentials are: where that leads to none, those of somebody else are not looked for */
  readonly lends: boolean;
};

const lenders = [
  'aws_access_key_id',
  'credential_process',
  'login_session',
  'role_arn',
  'sso_account_id',
  'sso_session',
  'sso_start_url',
];

/** Throws 'usage' where the one that a person named is not there. */
export async function profileOf(given: string | undefined): Promise<Configured> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const name = getProfileName(given === undefined ? {} : { profile: given });
  const own: Profile = { ...configFile[name], ...credentialsFile[name] };
  if (given !== undefined && Object.keys(own).length === 0) throw noProfile(given);
  const services = own.services === undefined ? undefined : configFile[`services.${own.services}`];
  const endpoint = () => {
    if (own.services !== undefined && !services) throw noServices(name, own.services);
    return services?.['s3.endpoint_url'] ?? own.endpoint_url;
  };
  const lends = lenders.some((word) => own[word] !== undefined);
  const ignoresEndpoints = own.ignore_configured_endpoint_urls?.toLowerCase() === 'true';
  return { endpoint, region: own.region, caFile: own.ca_bundle, name, lends, ignoresEndpoints };
}

function noServices(name: string, services: string): TransferError {
  return new TransferError(
    'usage',
    `the AWS profile ${name} is for services ${services}, which are not there`,
    {
      hint: 'look at ~/.aws/config',
    },
  );
}

function noProfile(name: string): TransferError {
  return new TransferError('usage', `there is no AWS profile ${name}`, {
    hint: 'look at ~/.aws/config and ~/.aws/credentials',
  });
}
