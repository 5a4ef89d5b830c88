import type { SandboxRequest } from '../router.js';

/** Query and, for a POST, form fields, as servlets see them; the query comes first. */
export function parameters(request: SandboxRequest): URLSearchParams {
  const all = new URLSearchParams(request.query);
  if (request.method === 'POST' && isForm(request)) {
    for (const [name, value] of new URLSearchParams(request.body)) all.append(name, value);
  }
  return all;
}

export function isForm({ headers }: SandboxRequest): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}
