import { readCaCert } from '../config/ca-cert.js';
import type { ContextSettings, SettingsFile } from '../config/settings.js';
import { TpksError } from '../errors.js';
import type { Trust } from '../services.js';
import { installation, type Installation } from './installation.js';

export interface InstallationFlags {
  readonly api?: string | undefined;
  readonly uaaUrl?: string | undefined;
  /** A path, or PEM. */
  readonly caCert?: string | undefined;
  readonly skipTlsVerification: boolean;
}

/** Which installation a login means, and how it is trusted. */
export interface Installations {
  /**
   * Flags come first, then the environment, then the current context. A CA that was given to an
   * earlier login or `uaa target` at the same servers is used again; `-k` must be said each time.
   * @throws {TpksError} `usage` when there is no address, or one that is none.
   */
  readonly resolve: (
    flags: InstallationFlags,
  ) => Promise<{ readonly at: Installation; readonly trust: Trust }>;
}

export interface InstallationsDeps {
  readonly settings: SettingsFile;
  readonly env: NodeJS.ProcessEnv;
}

export function createInstallations({ settings, env }: InstallationsDeps): Installations {
  return {
    resolve: async ({ api, uaaUrl, caCert, skipTlsVerification }) => {
      const { contexts, current, targets } = await settings.read();
      const now = current === undefined ? undefined : contexts[current];
      const at = address(
        api ?? (env['TPKS_API'] || undefined),
        uaaUrl ?? (env['TPKS_UAA_URL'] || undefined),
        now,
      );
      const given = caCert ?? (env['TPKS_CA_CERT'] || undefined);
      const sameHost = new URL(at.api).hostname === new URL(at.uaa).hostname;
      const known =
        Object.values(contexts).find(
          (context) => context.uaa === at.uaa && context.api === at.api && context.caCert,
        ) ?? targets.find((target) => sameHost && target.uaa === at.uaa && target.caCert);
      return {
        at,
        trust: {
          caCert: given === undefined ? known?.caCert : readCaCert(given),
          skipTlsVerification,
        },
      };
    },
  };
}

function address(
  api: string | undefined,
  uaaUrl: string | undefined,
  now: ContextSettings | undefined,
): Installation {
  if (api !== undefined) return installation(api, uaaUrl);
  if (now?.api !== undefined) return installation(now.api, uaaUrl ?? now.uaa);
  throw new TpksError('usage', 'The address of the API is missing', {
    hint: 'tpks login -a api.example.com (or TPKS_API)',
  });
}
