import type { ContextSettings } from '../config/settings.js';

/** A context for JSON output, without the CA and the details of session storage. */
export function contextJson<Context extends ContextSettings>({ caCert, ...context }: Context) {
  return {
    ...context,
    sessionId: undefined,
    otherStore: undefined,
    hasCaCert: caCert !== undefined,
  };
}
