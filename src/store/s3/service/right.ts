/** What policies call the rights to do what was asked, for who has to grant them. */
import { inWords } from '../../../report/in-words.ts';
import type { Ask } from './service.ts';

export function rightsFor({ method, key, query = {}, headers = {} }: Ask): string {
  if (key === '') return 'uploads' in query ? 's3:ListBucketMultipartUploads' : 's3:ListBucket';
  const ofUpload = 'uploadId' in query;
  if (method === 'GET' && ofUpload) return 's3:ListMultipartUploadParts';
  if (method === 'DELETE') return ofUpload ? 's3:AbortMultipartUpload' : 's3:DeleteObject';
  if (method === 'GET' || method === 'HEAD') return 's3:GetObject';
  return inWords([
    's3:PutObject',
    'x-amz-tagging' in headers && 's3:PutObjectTagging',
    'x-amz-acl' in headers && 's3:PutObjectAcl',
    'x-amz-copy-source' in headers && 's3:GetObject of what is copied',
  ]);
}
