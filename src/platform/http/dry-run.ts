import type { HttpRequest, Send } from './send.js';

/** Option of services that send changes. */
export interface DryRunOption {
  /** Do not send requests that would change something; the command shows them instead. */
  readonly dryRun?: boolean | undefined;
}

export class PlannedRequest extends Error {
  override readonly name = 'PlannedRequest';
  readonly request: HttpRequest;

  constructor(request: HttpRequest) {
    super(`${request.method} ${request.url} was not sent`);
    this.request = request;
  }
}

/** Sends only requests that read. @throws {PlannedRequest} instead of sending a change. */
export function withDryRun(send: Send): Send {
  return async (request) => {
    if (effectOf(request) === 'none') return send(request);
    throw new PlannedRequest(request);
  };
}

/** What a request changes at the server. A request that only issues tokens can be repeated like a read. */
export type Effect = 'none' | 'tokens' | 'data';

/** Returns the effect of a request. @see docs/contributing/servers/uaa.md#revocation */
export function effectOf({ method, url }: Pick<HttpRequest, 'method' | 'url'>): Effect {
  const { pathname } = new URL(url);
  // The UAA revokes all tokens of a user or of a client on a GET request.
  if (['GET', 'HEAD', 'OPTIONS'].includes(method))
    return pathname.includes('/oauth/token/revoke/') ? 'data' : 'none';
  if (/\/(?:check_token|introspect|password\/score)$/.test(pathname)) return 'none';
  return /\/(?:oauth\/(?:token|authorize)|login\.do)$/.test(pathname) ? 'tokens' : 'data';
}
