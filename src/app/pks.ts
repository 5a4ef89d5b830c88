import { withStatusErrors } from '../api/client/status-error.js';
import { createClusters, type Clusters } from '../api/pks/clusters.js';
import { explainPksFailure } from '../api/pks/explain-failure.js';
import type { probeApi } from '../api/pks/probe.js';
import { createTasks, type Tasks } from '../api/pks/tasks.js';
import { isStoreError, isTpksError, rewordError, TpksError } from '../base/errors.js';
import { getOwnValue } from '../base/own-value.js';
import type { Context } from '../domain/contexts/context.js';
import { isAllowed, type ReadScopes } from '../domain/contexts/identity.js';
import { apiOf } from '../domain/contexts/installation.js';
import { formatLoginCommand } from '../domain/contexts/login-command.js';
import type { Settings, SettingsFile } from '../platform/config/settings.js';
import { withDryRun, type DryRunOption } from '../platform/http/dry-run.js';
import type { Send } from '../platform/http/send.js';
import { memoize } from './once.js';

/** Creates the client of a resource. */
export type CreateResource<T> = (send: Send, api: string) => T;

/** Clients for the resources of the PKS API, with the current context's token. */
export interface PksServices {
  readonly pksResource: <T>(create: CreateResource<T>, options?: DryRunOption) => Promise<T>;
  readonly clusters: (options?: DryRunOption) => Promise<Clusters>;
  /** The clusters of another context. */
  readonly clustersIn: (context: string) => Promise<Clusters>;
  readonly tasks: () => Promise<Tasks>;
  /**
   * Sends to the PKS API with the token of a context. If the settings do not name the API yet, checks
   * first that it is a PKS API that accepts the token, and stores its address.
   * @throws {TpksError} the errors of `probeApi`; `unauthenticated` if the token has no scope for the API.
   */
  readonly pksSend: (context: Context) => Promise<Send>;
}

interface PksServicesDeps {
  /** The context that PKS commands use. */
  readonly context: () => Promise<Context>;
  readonly findContext: (name: string) => Promise<Context>;
  /** Sends with the context's token. */
  readonly bearerSend: (context: Context) => Promise<Send>;
  readonly readScopes: ReadScopes;
  readonly settings: Pick<SettingsFile, 'update'>;
  readonly probeApi: typeof probeApi;
}

export function createPksServices(deps: PksServicesDeps): PksServices {
  const { context, findContext, bearerSend } = deps;

  const pksSend = async (context: Context): Promise<Send> => {
    const send = await bearerSend(context);
    const { name, api, isApiUnconfirmed, store } = context;
    if (isApiUnconfirmed !== true || api === undefined || store === 'none') return send;
    const scopes = await deps.readScopes(context);
    if (scopes !== undefined && !isAllowed('pks', scopes)) throw missingScopeError(name);
    rejectUnverifiedApi(context, api);
    const isClient = context.grant === 'client_credentials';
    try {
      await deps.probeApi(send, { api, identity: context.identity, isClient });
    } catch (error) {
      throw explainAssumedApi(error, context);
    }
    try {
      await deps.settings.update((settings) => withConfirmedApi(settings, context, api));
    } catch (error) {
      // If the settings cannot be written, the next command checks the API again.
      if (!isStoreError(error)) throw error;
    }
    return send;
  };

  /** If a request fails, `send` throws an error with the message of the original CLI. */
  const connect = async (
    context: Context,
  ): Promise<{ readonly send: Send; readonly api: string }> => {
    const signedSend = await pksSend(context);
    return {
      send: withStatusErrors(signedSend, explainPksFailure(formatLoginCommand(context))),
      api: apiOf(context),
    };
  };
  const cacheKey = ({ dryRun = false }: DryRunOption) => String(dryRun);
  const current = memoize(cacheKey, async ({ dryRun = false }) => {
    const { send, api } = await connect(await context());
    if (!dryRun) return { send, api };
    return { send: withDryRun(send), api };
  });
  const pksResource = async <T>(
    create: CreateResource<T>,
    options: DryRunOption = {},
  ): Promise<T> => {
    const { send, api } = await current(options);
    return create(send, api);
  };

  return {
    pksSend,
    pksResource,
    clusters: (options) => pksResource(createClusters, options),
    clustersIn: async (name) => {
      const { send, api } = await connect(await findContext(name));
      return createClusters(send, api);
    },
    tasks: () => pksResource(createTasks),
  };
}

function missingScopeError(name: string): TpksError {
  return new TpksError('unauthenticated', `The token of ${name} has no pks.clusters scope`, {
    hint: 'log in: tpks login -a API, or choose another context: tpks contexts',
  });
}

/** If nothing responds at the assumed address, adds a hint about how to set the address of the API. */
function explainAssumedApi(error: unknown, { sources, uaa }: Context): unknown {
  if (!isTpksError(error) || error.kind !== 'unavailable' || sources.api !== 'default')
    return error;
  const advice = `if the API has another address, set TPKS_API=ADDRESS and TPKS_UAA_URL=${uaa}`;
  return rewordError(error, {
    hint: error.hint === undefined ? advice : `${error.hint}\n${advice}`,
  });
}

/** `uaa target --skip-ssl-validation` turns off the verification of the UAA only. */
function rejectUnverifiedApi({ uaa, skipTlsVerification }: Context, api: string): void {
  if (!skipTlsVerification || new URL(api).hostname === new URL(uaa).hostname) return;
  const { host } = new URL(api);
  throw new TpksError(
    'unauthenticated',
    `The certificate of ${host} would not be verified, because verification is off for ${uaa}`,
    { hint: `log in to the API: tpks login -a ${api} --uaa-url ${uaa}` },
  );
}

/** Stores the API of a context, unless another process has changed the context. */
function withConfirmedApi(settings: Settings, { name, uaa }: Context, api: string): Settings {
  const context = getOwnValue(settings.contexts, name);
  if (context?.uaa !== uaa || context.api !== undefined) return settings;
  return { ...settings, contexts: { ...settings.contexts, [name]: { ...context, api } } };
}
