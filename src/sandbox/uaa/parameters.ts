import type { SandboxRequest } from '../router.js';

/** Query and form fields together, as a servlet sees them; the query's value comes first. */
export function parameters(request: SandboxRequest): URLSearchParams {
  const all = new URLSearchParams(request.query);
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    for (const [name, value] of new URLSearchParams(request.body)) all.append(name, value);
  }
  return all;
}
