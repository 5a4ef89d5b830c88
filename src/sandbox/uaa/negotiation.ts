import type { SandboxRequest, SandboxResponse } from '../router.js';
import type { Behaviour } from './behaviour.js';
import { errorPage } from './container-error.js';

/**
 * Adds the headers that every response has. A client that does not accept JSON gets 406 instead of
 * it, after the request has been processed.
 */
export function presented(
  request: SandboxRequest,
  response: SandboxResponse,
  { namesCharset }: Pick<Behaviour, 'namesCharset'>,
): SandboxResponse {
  const type = response.headers['content-type'];
  const isJson = typeof type === 'string' && type.startsWith('application/json');
  if (isJson && !acceptsJson(request.headers['accept'])) {
    return presented(request, errorPage(request, 406), { namesCharset });
  }
  const bare = isJson && !namesCharset && { 'content-type': type.replace(/;\s*charset=.*$/i, '') };
  return { ...response, headers: { ...securityHeaders, ...response.headers, ...bare } };
}

function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  return accept
    .split(',')
    .map((entry) => (entry.split(';')[0] ?? '').trim().toLowerCase())
    .some(
      (type) =>
        ['application/json', 'application/*+json', 'application/*', '*/*'].includes(type) ||
        /^application\/.+\+json$/.test(type),
    );
}

const securityHeaders = {
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
  'strict-transport-security': 'max-age=31536000 ; includeSubDomains',
  'x-xss-protection': '1; mode=block',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
};
