import { existsSync } from 'node:fs';
import { isOn } from '../config/environment.js';
import { isTpksError, rewordError, type TpksError } from '../errors.js';
import type { Context } from '../contexts/context.js';
import type { Installation } from '../contexts/installation.js';
import type { InstallationFlags } from '../contexts/resolve-context.js';
import type { Trust } from '../http/send.js';
import type { SettingsFile } from '../config/settings.js';
import type { Runtime } from '../services.js';
import { once } from './once.js';
import type { Stores } from './stores.js';

/** Selects the installation that a command calls and the identity that it uses. */
export interface ContextServices {
  /** The context that PKS commands use. @throws {TpksError} `unauthenticated` without one */
  readonly context: () => Promise<Context>;
  /** The context that `tpks uaa` uses. @throws {TpksError} `unauthenticated` without one */
  readonly uaaContext: () => Promise<Context>;
  /** The context with this name. @throws {TpksError} `notFound` */
  readonly findContext: (name: string) => Promise<Context>;
  /** The installation to log in to, and how to verify its certificates. @throws {TpksError} `usage` */
  readonly installation: (flags: InstallationFlags) => Promise<Installation & Trust>;
}

interface ContextServicesDeps
  extends
    Pick<Runtime, 'env' | 'options' | 'platform' | 'isPksLink'>,
    Pick<Stores, 'sessionStore'> {
  readonly settings: () => Promise<SettingsFile>;
}

export function createContextServices(deps: ContextServicesDeps): ContextServices {
  const { env, options, settings } = deps;

  const requireStored = (select: () => Context): Promise<Context> => Promise.resolve().then(select);

  /** Through a link with `TPKS_PKS_CREDS`, `creds.yml` replaces a missing session. */
  const requireWithPksCreds = async (select: () => Context): Promise<Context> => {
    const isEnabled = deps.isPksLink === true && isOn(env.TPKS_PKS_CREDS);
    try {
      const context = select();
      if (!isEnabled || context.store === 'none') return context;
      const store = await deps.sessionStore(context.name, context);
      return (await store.exists()) ? context : ((await readPksCreds()) ?? context);
    } catch (error) {
      if (!isTpksError(error) || error.kind !== 'unauthenticated') throw error;
      const found = isEnabled ? await readPksCreds() : undefined;
      if (found !== undefined) return found;
      throw await withPksCredsHint(error, isEnabled);
    }
  };

  const readPksCreds = async (): Promise<Context | undefined> => {
    const [{ readPksCredsContext }, { locatePksCreds }] = await Promise.all([
      import('../auth/pks-creds-session.js'),
      import('../config/folders.js'),
    ]);
    return readPksCredsContext(locatePksCreds(env, deps.platform), env);
  };

  const withPksCredsHint = async (error: TpksError, isEnabled: boolean): Promise<TpksError> => {
    const { locatePksCreds } = await import('../config/folders.js');
    const path = locatePksCreds(env, deps.platform);
    if (isEnabled || !existsSync(path)) return error;
    const variable = deps.isPksLink === true ? 'set TPKS_PKS_CREDS=1, or ' : '';
    const hint = `${error.hint ?? ''}\nto use the session in ${path}: ${variable}tpks import`;
    return rewordError(error, { hint });
  };

  const selectContext = async (forUaa: boolean, flag = options().context): Promise<Context> => {
    const [{ requireContext }, { formatTrustCommand }, file] = await Promise.all([
      import('../contexts/resolve-context.js'),
      import('../auth/login-command.js'),
      settings(),
    ]);
    const flags = { context: flag };
    const input = { settings: await file.read(), env, flags, forUaa };
    const usesPksCreds = !forUaa && (flag ?? env.TPKS_CONTEXT) === undefined;
    const context = await (usesPksCreds ? requireWithPksCreds : requireStored)(() =>
      requireContext(input),
    );
    // The trust settings of a context from the environment can only be changed there.
    if (context.store === 'none') return context;
    return { ...context, trustCommand: formatTrustCommand(context) };
  };

  return {
    context: once(() => selectContext(false)),
    uaaContext: once(() => selectContext(true)),
    findContext: (name) => selectContext(false, name),
    installation: async (flags) => {
      const [{ resolveInstallation }, file] = await Promise.all([
        import('../contexts/resolve-context.js'),
        settings(),
      ]);
      return resolveInstallation(flags, { settings: await file.read(), env });
    },
  };
}
