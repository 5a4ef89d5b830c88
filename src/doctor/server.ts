import type { Context, Source } from '../contexts/context.js';
import type { Trust } from '../http/send.js';

/** A server that tpks calls, with the settings of the context or the target. */
export interface Server {
  readonly role: 'API' | 'UAA';
  /** Base URL without a trailing slash. */
  readonly url: string;
  readonly trust: Trust;
  /** Source of the given CA; `default` if no CA was given. */
  readonly caSource: Source;
  /** The context that calls the server; `undefined` for a UAA without an identity. */
  readonly context: Context | undefined;
}

/** Returns the host and the port, always with the port. */
export function addressOf({ url }: Pick<Server, 'url'>): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || '443'}`;
}
