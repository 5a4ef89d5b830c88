import type { HttpRequest, Send } from './send.js';

/** Option of services that send changes. */
export interface DryRunOption {
  /** Do not send requests that would change something; the command shows them instead. */
  readonly dryRun?: boolean | undefined;
}

/** Thrown instead of sending a request that would change something. */
export class PlannedRequest extends Error {
  override readonly name = 'PlannedRequest';
  readonly request: HttpRequest;

  constructor(request: HttpRequest) {
    super(`${request.method} ${request.url} was not sent`);
    this.request = request;
  }
}

/**
 * Sends only requests that read.
 * @throws {PlannedRequest} instead of sending a request that would change something.
 */
export function withDryRun(send: Send): Send {
  return async (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') return send(request);
    throw new PlannedRequest(request);
  };
}
