import type { Context } from '../contexts/context.js';
import type { Installation } from '../contexts/installation.js';
import type { InstallationFlags } from '../contexts/resolve-context.js';
import type { Trust } from '../http/send.js';
import type { SettingsFile } from '../config/settings.js';
import type { Runtime } from '../services.js';
import { once } from './once.js';

/** Which installation a command calls, and as which identity. */
export interface ContextServices {
  /** The context that PKS commands use. @throws {TpksError} `unauthenticated` without one */
  readonly context: () => Promise<Context>;
  /** The context that `tpks uaa` uses. @throws {TpksError} `unauthenticated` without one */
  readonly uaaContext: () => Promise<Context>;
  /** The context with this name. @throws {TpksError} `notFound` */
  readonly contextNamed: (name: string) => Promise<Context>;
  /** The servers of a login, and how they are trusted. @throws {TpksError} `usage` */
  readonly installation: (flags: InstallationFlags) => Promise<Installation & Trust>;
}

interface ContextServicesDeps extends Pick<Runtime, 'env' | 'options'> {
  readonly settings: () => Promise<SettingsFile>;
}

export function createContextServices(deps: ContextServicesDeps): ContextServices {
  const { env, options, settings } = deps;

  const choose = async (forUaa: boolean, flag = options().context): Promise<Context> => {
    const [{ requireContext }, { trustCommand }, file] = await Promise.all([
      import('../contexts/resolve-context.js'),
      import('../auth/login-command.js'),
      settings(),
    ]);
    const flags = { context: flag };
    const context = requireContext({ settings: await file.read(), env, flags, forUaa });
    // Only the environment can change how its own identity trusts the servers.
    if (context.store === 'none') return context;
    return { ...context, trustCommand: trustCommand(context) };
  };

  return {
    context: once(() => choose(false)),
    uaaContext: once(() => choose(true)),
    contextNamed: (name) => choose(false, name),
    installation: async (flags) => {
      const [{ resolveInstallation }, file] = await Promise.all([
        import('../contexts/resolve-context.js'),
        settings(),
      ]);
      return resolveInstallation(flags, { settings: await file.read(), env });
    },
  };
}
