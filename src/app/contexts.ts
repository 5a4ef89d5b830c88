import { existsSync } from 'node:fs';
import { isStoreError, isTpksError, rewordError, type TpksError } from '../base/errors.js';
import { memoize, once } from '../base/lazy.js';
import type { Session } from '../domain/auth/session.js';
import {
  resolveInstallation,
  type AddressInput,
  type InstallationFlags,
} from '../domain/contexts/addresses.js';
import type { Context } from '../domain/contexts/context.js';
import { describeFormerTarget } from '../domain/contexts/current-installation.js';
import { requireContext, resolveIdentity, type ReadScopes } from '../domain/contexts/identity.js';
import { createTrustHints } from '../domain/contexts/login-command.js';
import { isOn, locatePksCreds } from '../platform/config/environment.js';
import type { Identities, Role, SettingsFile } from '../platform/config/settings.js';
import type { Runtime } from './runtime.js';
import type { Stores } from './stores.js';

export type ContextServices = ReturnType<typeof createContextServices>;

interface ContextServicesDeps
  extends
    Pick<Runtime, 'env' | 'link' | 'options' | 'platform' | 'terminal'>,
    Pick<Stores, 'hasSession'> {
  readonly settings: SettingsFile;
  readonly session: (context: Context) => Session;
}

/** Selects the installation that a command calls and the identity that it uses. */
export function createContextServices(deps: ContextServicesDeps) {
  const { env, link, options, settings } = deps;

  /** Through a link with `TPKS_PKS_CREDS`, `creds.yml` replaces a missing session. */
  const withPksCreds = async (select: () => Promise<Context>): Promise<Context> => {
    const isEnabled = link.readsPksCreds && isOn(env.TPKS_PKS_CREDS);
    try {
      const context = await select();
      if (!isEnabled || context.store === 'none') return context;
      if (await deps.hasSession(context)) return context;
      return (await readPksCreds()) ?? context;
    } catch (error) {
      if (!isTpksError(error) || error.kind !== 'unauthenticated') throw error;
      const found = isEnabled ? await readPksCreds() : undefined;
      if (found !== undefined) return found;
      throw withPksCredsHint(error, isEnabled);
    }
  };

  const readPksCreds = async () => {
    const { readPksCredsContext } = await import('../domain/auth/pks-creds-sessions.js');
    return readPksCredsContext(locatePksCreds(env, deps.platform), env);
  };

  const withPksCredsHint = (error: TpksError, isEnabled: boolean): TpksError => {
    const path = locatePksCreds(env, deps.platform);
    if (isEnabled || !existsSync(path)) return error;
    const variable = link.readsPksCreds ? 'set TPKS_PKS_CREDS=1, or ' : '';
    return rewordError(error, {
      nextHint: `to use the session in ${path}: ${variable}tpks import`,
    });
  };

  const readScopes: ReadScopes = async (context) => {
    const stored = await deps.session(context).readStored();
    return stored?.scope.split(' ');
  };

  const selectContext = async (
    selector: Pick<AddressInput, 'role' | 'acceptsOtherRole'>,
    flag = options().context,
  ): Promise<Context> => {
    const input = {
      settings: await settings.read(),
      env,
      flags: { context: flag },
      hasOriginalTexts: link.hasOriginalTexts,
      ...selector,
    };
    const select = () => requireContext(input, readScopes);
    const usesPksCreds = selector.role === 'pks' && (flag ?? env.TPKS_CONTEXT) === undefined;
    const context = await (usesPksCreds ? withPksCreds(select) : select());
    return { ...context, ...createTrustHints(context) };
  };

  /** Prints a note, only once, if `tpks uaa` used another UAA in tpks 0.2.0 than it does now. */
  const reportFormerTarget = once(async (): Promise<void> => {
    const current = await settings.read();
    const isChosen = [options().context, env.TPKS_CONTEXT, env.TPKS_API, env.TPKS_UAA_URL].some(
      (value) => value !== undefined,
    );
    if (link.hasOriginalTexts || current.formerUaaTarget === undefined || isChosen) return;
    deps.terminal.note(describeFormerTarget(current, current.formerUaaTarget));
    try {
      await settings.update((latest) => ({ ...latest, formerUaaTarget: undefined }));
    } catch (error) {
      // If the settings cannot be written, the next command prints the note again.
      if (!isStoreError(error)) throw error;
    }
  });

  const uaaContext = memoize(
    String,
    async (acceptsOtherRole: boolean | undefined = link.acceptsPksIdentity): Promise<Context> => {
      await reportFormerTarget();
      return selectContext({ role: 'uaa', acceptsOtherRole });
    },
  );

  return {
    /** The context that PKS commands use. @throws {TpksError} `unauthenticated` without one */
    context: once(() => selectContext({ role: 'pks' })),
    /** Like `context`, but also accepts an identity that has no scope for the PKS API. */
    anyContext: once(() => selectContext({ role: 'pks', acceptsOtherRole: true })),
    /**
     * The context that `tpks uaa` uses. @throws {TpksError} `unauthenticated` without one
     * @param selector.acceptsOtherRole - whether to fall back to the identity of PKS commands.
     */
    uaaContext: ({ acceptsOtherRole }: Pick<AddressInput, 'acceptsOtherRole'> = {}) =>
      uaaContext(acceptsOtherRole),
    /** The context with this name. @throws {TpksError} `notFound` */
    findContext: (name: string) => selectContext({ role: 'pks' }, name),
    /**
     * The names of the stored contexts that the PKS commands and `tpks uaa` use; `undefined` for a role
     * without an identity, or if its session cannot be read.
     */
    identities: once(async (): Promise<Identities> => {
      const input = { settings: await settings.read(), env, flags: { context: options().context } };
      const find = (role: Role) =>
        ignoreErrors(async () => {
          const readOrSkip: ReadScopes = (context) => ignoreErrors(() => readScopes(context));
          const found = await resolveIdentity({ ...input, role }, readOrSkip);
          return found?.name !== undefined && found.store !== 'none' ? found.name : undefined;
        });
      const [pks, uaa] = await Promise.all([find('pks'), find('uaa')]);
      return { pks, uaa };
    }),
    readScopes,
    reportFormerTarget,
    /** The installation to log in to, and how to verify its certificates. @throws {TpksError} `usage` */
    installation: async (flags: InstallationFlags) =>
      resolveInstallation(flags, { settings: await settings.read(), env }),
  };
}

async function ignoreErrors<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isTpksError(error)) throw error;
    return undefined;
  }
}
