import type { ContextSettings } from '../config/settings.js';

/** A context as JSON output shows it: without the CA itself, and without where tpks stores the session. */
export function contextJson<Context extends ContextSettings>({ caCert, ...context }: Context) {
  return {
    ...context,
    sessionId: undefined,
    otherStore: undefined,
    hasCaCert: caCert !== undefined,
  };
}
