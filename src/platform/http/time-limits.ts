import type { Send, Trust } from './send.js';

/** Time limit of a request to a UAA, in seconds. */
export const uaaTimeoutSeconds = 60;

/**
 * Time limit of a request to a PKS API, in seconds. Simultaneous commands can block each other there.
 * @see pks-cli, section 4.3: the original CLI has had the same limit since 1.11.5
 */
const apiTimeoutSeconds = 300;

/** The servers that requests go to, and which certificates are trusted there. */
export interface Servers extends Trust {
  /** Origin of the PKS API; `undefined` if only the UAA is known. */
  readonly api?: string | undefined;
  /** Base URL of the UAA; may have a path. */
  readonly uaa?: string | undefined;
}

/**
 * Applies the longer time limit for PKS APIs to all requests to the API, no matter which command sends
 * them. Requests to other servers, and requests that have their own limit, are not changed.
 */
export function withApiTimeLimit(send: Send, { api, uaa }: Pick<Servers, 'api' | 'uaa'>): Send {
  if (api === undefined) return send;
  // Behind a load balancer, a UAA with a path can share the origin of the API.
  const isUaa = (url: string) => uaa !== undefined && uaa !== api && url.startsWith(`${uaa}/`);
  const apiOrigin = new URL(api).origin;
  return (request) =>
    new URL(request.url).origin === apiOrigin && !isUaa(request.url)
      ? send({ timeoutSeconds: apiTimeoutSeconds, ...request })
      : send(request);
}
