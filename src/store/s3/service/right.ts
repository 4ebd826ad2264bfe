/** What policies call the right to do what was asked, for who has to grant it. */
import type { Ask } from './service.ts';

export function rightFor({ method, key, query = {} }: Ask): string {
  if (key === '') return 'uploads' in query ? 's3:ListBucketMultipartUploads' : 's3:ListBucket';
  const ofUpload = 'uploadId' in query;
  if (method === 'GET' && ofUpload) return 's3:ListMultipartUploadParts';
  if (method === 'DELETE') return ofUpload ? 's3:AbortMultipartUpload' : 's3:DeleteObject';
  return method === 'GET' || method === 'HEAD' ? 's3:GetObject' : 's3:PutObject';
}
