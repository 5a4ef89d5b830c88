import { withStatusErrors, type Failure } from '../api/client/status-error.js';
import { explainUaaFailure } from '../api/uaa/explain-failure.js';
import { explainZone, withZone, type Zone } from '../api/uaa/zone.js';
import type { Clock } from '../base/clock.js';
import type { AddressInput } from '../domain/contexts/addresses.js';
import { describeIdentity, type Context } from '../domain/contexts/context.js';
import type { UaaTarget } from '../domain/contexts/targets.js';
import { isRead, withDryRun, type DryRunOption } from '../platform/http/dry-run.js';
import type { Send } from '../platform/http/send.js';
import type { Servers } from '../platform/http/time-limits.js';
import type { ContextServices } from './contexts.js';
import { memoize } from './once.js';
import type { Runtime } from './runtime.js';

/** Creates the client of a resource. Its `send` throws for every status that is not a success. */
export type CreateUaaResource<T> = (send: Send, uaa: string, clock: Clock) => T;

/** Clients for the resources of a UAA. */
export interface UaaServices {
  /** A resource that needs the token of the context that `tpks uaa` uses. */
  readonly uaaResource: <T>(create: CreateUaaResource<T>, options?: UaaOptions) => Promise<T>;
  /** A resource that needs no token. */
  readonly publicUaaResource: <T>(create: CreateUaaResource<T>, target: UaaTarget) => Promise<T>;
  /**
   * Sends to the UAA with the token of a context. Before the first request that changes something, tpks
   * prints the UAA and the identity on stderr.
   */
  readonly uaaSend: (context: Context) => Promise<Send>;
  /** Prints the UAA and the identity of `tpks uaa` on stderr, once per run, except through a link. */
  readonly noteUaaIdentity: () => Promise<void>;
}

interface UaaOptions extends DryRunOption, Pick<AddressInput, 'acceptsOtherRole'> {}

interface UaaServicesDeps
  extends Pick<Runtime, 'clock' | 'terminal' | 'program'>, Pick<ContextServices, 'uaaContext'> {
  readonly zone: () => Zone | undefined;
  readonly send: (servers: Servers) => Promise<Send>;
  /** Sends with the context's token. */
  readonly bearerSend: (context: Context) => Promise<Send>;
}

export function createUaaServices(deps: UaaServicesDeps): UaaServices {
  const { clock, terminal, uaaContext, send, bearerSend } = deps;

  const noted = new Set<string>();
  const noteIdentity = (context: Context): void => {
    if (deps.program !== 'tpks' || noted.has(context.name)) return;
    noted.add(context.name);
    terminal.note(`UAA ${context.uaa}, ${describeIdentity(context)}${describeZone(deps.zone())}`);
  };

  const uaaSend = async (context: Context): Promise<Send> => {
    const signedSend = await bearerSend(context);
    return (request) => {
      if (!isRead(request)) noteIdentity(context);
      return signedSend(request);
    };
  };

  const cacheKey = ({ acceptsOtherRole = false }: UaaOptions) => String(acceptsOtherRole);
  const connect = memoize(cacheKey, async (options) => {
    const context = await uaaContext(options);
    const signedSend = await uaaSend(context);
    const { uaa } = context;
    const zone = deps.zone();
    if (zone === undefined)
      return { send: withStatusErrors(signedSend, explainUaaFailure(context)), uaa };
    const explain = (failure: Failure) =>
      explainZone(zone)(failure) ?? explainUaaFailure(context)(failure);
    return { send: withStatusErrors(withZone(signedSend, zone), explain), uaa };
  });

  return {
    uaaSend,
    noteUaaIdentity: async () => {
      noteIdentity(await uaaContext());
    },
    uaaResource: async (create, options = {}) => {
      const { send, uaa } = await connect(options);
      if (options.dryRun !== true) return create(send, uaa, clock);
      return create(withDryRun(send), uaa, clock);
    },
    publicUaaResource: async (create, target) =>
      create(withStatusErrors(await send(target)), target.uaa, clock),
  };
}

function describeZone(zone: Zone | undefined): string {
  return zone === undefined ? '' : `, zone ${'id' in zone ? zone.id : zone.subdomain}`;
}
