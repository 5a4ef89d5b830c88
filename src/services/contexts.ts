import type { Context } from '../contexts/context.js';
import type { Installation } from '../contexts/installation.js';
import type { InstallationFlags } from '../contexts/resolve-context.js';
import type { Trust } from '../http/send.js';
import type { SettingsFile } from '../config/settings.js';
import type { Runtime } from '../services.js';
import { once } from './once.js';

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

interface ContextServicesDeps extends Pick<Runtime, 'env' | 'options'> {
  readonly settings: () => Promise<SettingsFile>;
}

export function createContextServices(deps: ContextServicesDeps): ContextServices {
  const { env, options, settings } = deps;

  const selectContext = async (forUaa: boolean, flag = options().context): Promise<Context> => {
    const [{ requireContext }, { formatTrustCommand }, file] = await Promise.all([
      import('../contexts/resolve-context.js'),
      import('../auth/login-command.js'),
      settings(),
    ]);
    const flags = { context: flag };
    const context = requireContext({ settings: await file.read(), env, flags, forUaa });
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
