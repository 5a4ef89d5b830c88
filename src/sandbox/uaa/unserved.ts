import { json, methodsFor } from '../router.js';
import type { Handler, Route, SandboxRequest } from '../router.js';
import { bearerCaller } from './bearer.js';
import { oauthRefusal } from './oauth-error.js';
import { Refusal } from './refusal.js';
import type { Issue } from './token-issue.js';

/** @returns the answer to what no route serves: a wrong method, or an unknown path. */
export function unserved(routes: readonly Route[], issue: Issue): Handler {
  return async (request) => {
    const { path, origin } = request;
    const methods = methodsFor(routes, path);
    // A path that nobody serves is behind the login, whoever asks.
    if (methods.length === 0) {
      return { status: 302, headers: { location: `${origin}/login` }, body: '' };
    }
    if (/^\/(Users|Groups)\b/.test(path)) {
      await bearerCaller(request, issue);
      if (isDenied(request)) {
        throw oauthRefusal({
          status: 403,
          error: 'access_denied',
          description: 'Access is denied',
        });
      }
    }
    throw new Refusal(json(405, {}, { allow: methods.join(', ') }));
  };
}

/** Of users the security rules know the methods too, so they answer before the routes do. */
function isDenied({ path, method }: SandboxRequest): boolean {
  if (!path.startsWith('/Users')) return false;
  return !path.endsWith('/password') && !(path.endsWith('/status') && method === 'GET');
}
