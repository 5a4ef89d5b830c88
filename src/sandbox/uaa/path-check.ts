import { ErrorResponse } from '../router.js';
import type { SandboxRequest } from '../router.js';
import { containerError } from './container-error.js';

/**
 * Rejects paths that never reach a route on the real server: those with an encoded slash, backslash
 * or zero byte (rejected by Tomcat), a percent sign or a semicolon (rejected by Spring Security).
 *
 * @throws ErrorResponse 400 with Tomcat's page, 500 without details.
 */
export function checkPath(request: SandboxRequest): void {
  if (/%(?:2f|5c|00|(?![\da-f]{2}))|\\/i.test(request.path)) throw new ErrorResponse(badRequest);
  if (/%25|%3b|;/i.test(request.path)) throw containerError(request, 500);
}

const badRequest = {
  status: 400,
  headers: { 'content-type': 'text/html;charset=utf-8' },
  body:
    '<!doctype html><html lang="en"><head><title>HTTP Status 400 – Bad Request</title></head>' +
    '<body><h1>HTTP Status 400 – Bad Request</h1></body></html>',
};
