import type { Clock } from '../clock.js';
import type { Context } from '../contexts/context.js';
import type { UaaTarget } from '../contexts/targets.js';
import type { DryRunOption } from '../http/dry-run.js';
import type { Send } from '../http/send.js';
import type { Servers } from '../http/time-limits.js';
import type { Failure } from '../http/status-error.js';
import type { Zone } from '../uaa/zone.js';
import { once } from './once.js';

/**
 * Loads a resource's file on first use, and returns the function that creates its client. The `send`
 * that it gets throws for every status that is not a success.
 */
export type LoadUaaResource<T> = () => Promise<(send: Send, uaa: string, clock: Clock) => T>;

/** Clients for the resources of a UAA. */
export interface UaaServices {
  /** A resource that needs the token of the context that `tpks uaa` uses. */
  readonly uaaResource: <T>(load: LoadUaaResource<T>, options?: DryRunOption) => Promise<T>;
  /** A resource that needs no token. */
  readonly publicUaaResource: <T>(load: LoadUaaResource<T>, target: UaaTarget) => Promise<T>;
}

interface UaaServicesDeps {
  readonly clock: Clock;
  /** The context that `tpks uaa` uses. */
  readonly uaaContext: () => Promise<Context>;
  readonly zone: () => Zone | undefined;
  readonly send: (servers: Servers) => Promise<Send>;
  /** Sends with the context's token. */
  readonly bearerSend: (context: Context) => Promise<Send>;
}

export function createUaaServices(deps: UaaServicesDeps): UaaServices {
  const { clock, uaaContext, send, bearerSend } = deps;

  const current = once(async () => {
    const context = await uaaContext();
    const [{ withStatusErrors }, { explainUaaFailure }, signedSend] = await Promise.all([
      import('../http/status-error.js'),
      import('../uaa/explain-failure.js'),
      bearerSend(context),
    ]);
    const { uaa } = context;
    const zone = deps.zone();
    if (zone === undefined)
      return { send: withStatusErrors(signedSend, explainUaaFailure(context)), uaa };
    const { withZone, explainZone } = await import('../uaa/zone.js');
    const explain = (failure: Failure) =>
      explainZone(zone)(failure) ?? explainUaaFailure(context)(failure);
    return { send: withStatusErrors(withZone(signedSend, zone), explain), uaa };
  });

  return {
    uaaResource: async (load, { dryRun = false } = {}) => {
      const [create, { send, uaa }] = await Promise.all([load(), current()]);
      if (!dryRun) return create(send, uaa, clock);
      const { withDryRun } = await import('../http/dry-run.js');
      return create(withDryRun(send), uaa, clock);
    },
    publicUaaResource: async (load, target) => {
      const [create, { withStatusErrors }, bareSend] = await Promise.all([
        load(),
        import('../http/status-error.js'),
        send(target),
      ]);
      return create(withStatusErrors(bareSend), target.uaa, clock);
    },
  };
}
