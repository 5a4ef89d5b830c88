import type { Explain } from '../api/client/api-error.js';
import { createClusters, type Clusters, createTasks } from '../api/pks/clusters.js';
import { explainPksFailure, probeApi } from '../api/pks/pks-api.js';
import { explainUaaFailure, explainZone, withZone, type Zone } from '../api/uaa/uaa-api.js';
import type { Clock } from '../base/clock.js';
import { isStoreError, isTpksError, rewordError, TpksError } from '../base/errors.js';
import { getOwnValue } from '../base/json-value.js';
import { lazy, memoize, type Asynchronous } from '../base/lazy.js';
import { hostOf } from '../base/pks-conventions.js';
import type { AddressInput } from '../domain/contexts/addresses.js';
import { describeIdentity, type Context } from '../domain/contexts/context.js';
import { isAllowed } from '../domain/contexts/identity.js';
import { apiOf } from '../domain/contexts/installation.js';
import { formatLoginCommand } from '../domain/contexts/login-command.js';
import type { UaaTarget } from '../domain/contexts/targets.js';
import type { Settings, SettingsFile } from '../platform/config/settings.js';
import { effectOf, withDryRun, type DryRunOption } from '../platform/http/dry-run.js';
import type { Send } from '../platform/http/send.js';
import type { Connect } from './connect.js';
import type { ContextServices } from './contexts.js';
import type { Runtime } from './runtime.js';

/** Creates the client of a resource. Its `send` throws for every status that is not a success. */
export type CreatePksResource<T> = (send: Send, api: string) => T;
export type CreateUaaResource<T> = (send: Send, uaa: string, clock: Clock) => T;

interface UaaOptions extends DryRunOption, Pick<AddressInput, 'acceptsOtherRole'> {}

interface ResourceDeps
  extends
    Pick<Runtime, 'clock' | 'terminal' | 'link' | 'options'>,
    Pick<ContextServices, 'context' | 'uaaContext' | 'findContext' | 'readScopes'> {
  readonly connect: Connect;
  readonly settings: Pick<SettingsFile, 'update'>;
}

export type ResourceServices = ReturnType<typeof createResources>;

/** Clients for the resources of both APIs. They select the context and connect on first use. */
export function createResources(deps: ResourceDeps) {
  const { clock, context, connect } = deps;

  const confirm = memoize(
    ({ name }: Context) => name,
    (context) => confirmApi(context, connect(context, { auth: context }), deps),
  );
  const pksSend = (context: Context, explain?: Explain): Send => {
    const send = connect(context, { auth: context, explain });
    return async (request) => {
      await confirm(context);
      return send(request);
    };
  };

  const pksResourceOf = <T extends Asynchronous<T>>(
    find: () => Promise<Context>,
    create: CreatePksResource<T>,
    { dryRun = false }: DryRunOption = {},
  ): T =>
    lazy(async () => {
      const context = await find();
      const send = pksSend(context, explainPksFailure(formatLoginCommand(context)));
      const resource = create(dryRun ? withDryRun(send) : send, apiOf(context));
      return withNamesOf(context, resource);
    });
  const pksResource = <T extends Asynchronous<T>>(
    create: CreatePksResource<T>,
    options?: DryRunOption,
  ): T => pksResourceOf(context, create, options);

  const notedContexts = new Set<string>();
  const noteIdentity = (context: Context): void => {
    const { name, uaa } = context;
    if (deps.link.hasOriginalTexts || notedContexts.has(name)) return;
    notedContexts.add(name);
    const zone = describeZone(deps.options().zone);
    deps.terminal.note(`UAA ${uaa}, ${describeIdentity(context)}${zone}`);
  };
  const uaaSend = (context: Context, explain?: Explain): Send => {
    const send = connect(context, { auth: context, explain });
    return (request) => {
      if (effectOf(request) !== 'none') noteIdentity(context);
      return send(request);
    };
  };

  const uaaRequest = async <T>(
    request: CreateUaaResource<T | Promise<T>>,
    { dryRun = false, acceptsOtherRole }: UaaOptions = {},
  ): Promise<T> => {
    const context = await deps.uaaContext({ acceptsOtherRole });
    const send = uaaResourceSend(context, uaaSend, deps.options().zone);
    return request(dryRun ? withDryRun(send) : send, context.uaa, clock);
  };
  /** A resource of a UAA, or one request to it, without a token. */
  const publicUaaRequest = <T>(request: CreateUaaResource<T>, target: UaaTarget): T =>
    request(connect(target, { explain: () => undefined }), target.uaa, clock);

  return {
    /**
     * Sends to the PKS API with the token of a context. If the settings do not name the API yet, the first
     * request checks that it is a PKS API that accepts the token, and its address is stored. It throws the
     * errors of `probeApi`, and `unauthenticated` if the token has no scope for the API.
     */
    pksSend,
    /** A resource of the PKS API, with the token of the context that PKS commands use. */
    pksResource,
    clusters: (options?: DryRunOption): Clusters => pksResource(createClusters, options),
    clustersIn: (name: string): Clusters =>
      pksResourceOf(() => deps.findContext(name), createClusters),
    tasks: pksResource(createTasks),
    /** Sends with the token of a context. Before the first change, prints the UAA and the identity on stderr. */
    uaaSend,
    /** Prints the UAA and the identity of `tpks uaa` on stderr, once per run, except through a link. */
    noteUaaIdentity: async () => {
      noteIdentity(await deps.uaaContext());
    },
    /** A resource of the UAA, with the token of the context that `tpks uaa` uses. */
    uaaResource: <T extends Asynchronous<T>>(
      create: CreateUaaResource<T>,
      options?: UaaOptions,
    ): T =>
      lazy(async () => {
        const resource = await uaaRequest(create, options);
        // The names of other zones are not cached.
        if (deps.options().zone !== undefined) return resource;
        return withNamesOf(await deps.uaaContext(options), resource);
      }),
    /** Sends one request to the UAA, with the token of the context that `tpks uaa` uses. */
    uaaRequest: <T>(request: CreateUaaResource<Promise<T>>, options?: UaaOptions) =>
      uaaRequest<T>(request, options),
    /** Sends one request to the UAA of a context, with its token. */
    uaaRequestIn: <T>(context: Context, request: CreateUaaResource<Promise<T>>) =>
      request(uaaResourceSend(context, uaaSend, undefined), context.uaa, clock),
    publicUaaResource: <T extends Asynchronous<T>>(
      create: CreateUaaResource<T>,
      target: UaaTarget,
    ) => publicUaaRequest(create, target),
    publicUaaRequest: <T>(request: CreateUaaResource<Promise<T>>, target: UaaTarget) =>
      publicUaaRequest(request, target),
  };
}

/** Adds the context to errors about unknown names, so that only its own names are suggested. */
function withNamesOf<T extends Asynchronous<T>>({ name, store }: Context, resource: T): T {
  // The names of an identity from the environment are not cached.
  if (store === 'none') return resource;
  return lazy(
    () => Promise.resolve(resource),
    (error) =>
      isTpksError(error) && error.unknownName !== undefined
        ? rewordError(error, { unknownName: { ...error.unknownName, context: name } })
        : error,
  );
}

/** Sends to a zone of the UAA, if one is selected, and explains errors. */
function uaaResourceSend(
  context: Context,
  uaaSend: (context: Context, explain: Explain) => Send,
  zone: Zone | undefined,
): Send {
  const explain = explainUaaFailure(context);
  if (zone === undefined) return uaaSend(context, explain);
  const explainInZone = explainZone(zone);
  const send = uaaSend(context, (failure) => explainInZone(failure) ?? explain(failure));
  return withZone(send, zone);
}

/** If the settings do not name the API of a context yet, checks that it accepts the token, and stores it. */
async function confirmApi(
  context: Context,
  send: Send,
  { readScopes, settings }: Pick<ResourceDeps, 'readScopes' | 'settings'>,
): Promise<void> {
  const { name, api, identity, isApiUnconfirmed, store } = context;
  if (isApiUnconfirmed !== true || api === undefined || store === 'none') return;
  const scopes = await readScopes(context);
  if (scopes !== undefined && !isAllowed('pks', scopes)) throw missingScopeError(name);
  rejectUnverifiedApi(context, api);
  try {
    await probeApi(send, { api, identity, isClient: context.grant === 'client_credentials' });
  } catch (error) {
    throw explainAssumedApi(error, context);
  }
  try {
    await settings.update((current) => withConfirmedApi(current, context, api));
  } catch (error) {
    // If the settings cannot be written, the next command checks the API again.
    if (!isStoreError(error)) throw error;
  }
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

/** `uaa target --skip-ssl-validation` turns off certificate verification only for the UAA. */
function rejectUnverifiedApi({ uaa, skipTlsVerification }: Context, api: string): void {
  if (!skipTlsVerification || new URL(api).hostname === new URL(uaa).hostname) return;
  throw new TpksError(
    'unauthenticated',
    `The certificate of ${hostOf(api)} would not be verified, because verification is off for ${uaa}`,
    { hint: `log in to the API: tpks login -a ${api} --uaa-url ${uaa}` },
  );
}

function withConfirmedApi(settings: Settings, { name, uaa }: Context, api: string): Settings {
  const context = getOwnValue(settings.contexts, name);
  if (context?.uaa !== uaa || context.api !== undefined) return settings;
  return { ...settings, contexts: { ...settings.contexts, [name]: { ...context, api } } };
}
function describeZone(zone: Zone | undefined): string {
  return zone === undefined ? '' : `, zone ${'id' in zone ? zone.id : zone.subdomain}`;
}
