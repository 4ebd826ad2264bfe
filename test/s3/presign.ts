/** Addresses that let whoever has them do one thing with one object, as SDKs make them. */
import { createHash, createHmac } from 'node:crypto';
import { bucket, type S3Ground } from './ground.ts';

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** Good for an hour, and for the host and these headers. */
export function presigned(
  { server }: S3Ground,
  method: 'GET' | 'PUT',
  key: string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const { port, access } = server;
  const host = `127.0.0.1:${port}`;
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [now.slice(0, 8), 'us-east-1', 's3', 'aws4_request'];
  const signed = Object.entries({ ...headers, host }).sort();
  const names = signed.map(([name]) => name).join(';');
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': [access.keys.accessKeyId, ...scope].join('/'),
    'X-Amz-Date': now,
    'X-Amz-Expires': '3600',
    'X-Amz-SignedHeaders': names,
  });
  const path = `/${bucket}/${key}`;
  const lines = signed.map(([name, value]) => `${name}:${value}`);
  const request = [method, path, query, ...lines, '', names, 'UNSIGNED-PAYLOAD'].join('\n');
  const digest = createHash('sha256').update(request).digest('hex');
  const text = ['AWS4-HMAC-SHA256', now, scope.join('/'), digest].join('\n');
  const signingKey = scope.reduce<string | Buffer>(hmac, `AWS4${access.keys.secretAccessKey}`);
  query.append('X-Amz-Signature', hmac(signingKey, text).toString('hex'));
  return `http://${host}${path}?${query}`;
}
