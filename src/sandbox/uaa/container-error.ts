import type { SandboxRequest } from '../router.js';
import { json } from '../router.js';
import { Refusal } from './refusal.js';

/**
 * An error that the servlet container answers: `{}` for a client that wants JSON, a page for
 * everybody else.
 */
export function sendError(request: SandboxRequest, status: number): Refusal {
  if (wantsJson(request)) return new Refusal(json(status, {}));
  return new Refusal({
    status,
    headers: { 'content-type': 'text/html;charset=UTF-8' },
    body: page,
  });
}

/** @returns whether JSON is what the client's Accept header names. */
export function wantsJson({ headers }: SandboxRequest): boolean {
  return headers['accept']?.includes('application/json') ?? false;
}

const page = `<!DOCTYPE html>
<html lang="en">
<head><title>Error</title></head>
<body>
<div class="island-content"><h1>Uh oh. Something went amiss.</h1></div>
</body>
</html>
`;
