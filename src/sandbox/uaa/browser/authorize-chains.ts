import { readParameters } from '../requests.js';
import type { SandboxRequest } from '../../router.js';

/**
 * How the user of a request to `/oauth/authorize` is authenticated:
 *
 * - `login`, `oldLogin`: by the token of an external login server.
 * - `credentials`: by a name and password in the form.
 * - `bearer`: by an access token.
 * - `silent`: by the session; the login page is not shown.
 * - `page`: by the session, or on the login page.
 */
type AuthorizeChain = 'login' | 'oldLogin' | 'credentials' | 'bearer' | 'silent' | 'page';

/**
 * Selects the security filters for a request; `page` for all other paths.
 *
 * @see UAA 4.30.0 `UaaRequestMatcher`, which compares the beginnings of values
 */
export function selectAuthorizeChain(request: SandboxRequest): AuthorizeChain {
  if (!request.path.startsWith('/oauth/authorize')) return 'page';
  const fields = readParameters(request);
  const startsWith = (name: string, start: string) => fields.get(name)?.startsWith(start) ?? false;
  if (accepts(request, ['json']) && startsWith('source', 'login')) return 'login';
  if (accepts(request, ['json']) && startsWith('login', '{')) return 'oldLogin';
  const isForToken =
    startsWith('response_type', 'token') && accepts(request, ['json', 'x-www-form-urlencoded']);
  if (isForToken && startsWith('source', 'credentials')) return 'credentials';
  const isForCode = startsWith('response_type', 'code');
  const authorization = request.headers['authorization'] ?? '';
  if (/^bearer /i.test(authorization) && isForCode && fields.has('client_id')) return 'bearer';
  if (startsWith('prompt', 'none')) return 'silent';
  if (isForToken && startsWith('credentials', '{')) return 'credentials';
  return 'page';
}

/** Whether the first type in the `Accept` header is one of these, or the header is missing. */
function accepts({ headers }: SandboxRequest, subtypes: readonly string[]): boolean {
  const accept = headers['accept'];
  if (accept === undefined) return true;
  const [first = ''] = accept.split(/[,;]/);
  return subtypes.some((subtype) => first.trim() === `application/${subtype}`);
}
