import type { HttpRequest, Send } from './send.js';

/** How a service handles changes. */
export interface DryRunOption {
  /** Requests that change something are not sent; the command shows them. */
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

/** Sends reads, and throws for requests that would change something. */
export function withDryRun(send: Send): Send {
  return async (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') return send(request);
    throw new PlannedRequest(request);
  };
}
