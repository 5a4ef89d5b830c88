import { ErrorResponse } from '../router.js';
import type { SandboxRequest } from '../router.js';
import { containerError } from './container-error.js';

/**
 * Refuses paths that the real server never shows to its routes, whatever they are: those with an
 * encoded slash, backslash or zero byte (Tomcat does it), a percent sign or a semicolon (Spring
 * Security does).
 *
 * @throws ErrorResponse 400 with a page of Tomcat's own, 500 without a word.
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
