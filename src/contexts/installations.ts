import type { Trust } from '../http/send.js';
import { readCaCert } from '../config/ca-cert.js';
import type { Environment } from '../config/environment.js';
import type { SettingsFile } from '../config/settings.js';
import { resolveAddresses, type AddressFlags } from './addresses.js';
import { TpksError } from '../errors.js';
import { knownTrust } from './targets.js';
import type { Installation } from './installation.js';

export interface InstallationFlags extends AddressFlags {
  /** A path, or PEM. */
  readonly caCert?: string | undefined;
  readonly skipTlsVerification: boolean;
}

/** Resolves the installation of a login, and how it is trusted. */
export interface Installations {
  /**
   * The addresses are resolved as for every other command. A CA that was given to an earlier login
   * or `uaa target` at the same servers is used again; `-k` must be given each time.
   * @throws {TpksError} `usage` if no setting names an API, or if the API and the UAA belong to
   *   different installations.
   */
  readonly resolve: (
    flags: InstallationFlags,
  ) => Promise<{ readonly at: Installation; readonly trust: Trust }>;
}

export interface InstallationsDeps {
  readonly settings: SettingsFile;
  readonly env: Environment;
}

export function createInstallations({ settings, env }: InstallationsDeps): Installations {
  return {
    resolve: async ({ caCert, skipTlsVerification, ...flags }) => {
      const stored = await settings.read();
      const { api, uaa } = resolveAddresses({ settings: stored, env, flags }) ?? {};
      if (api === undefined || uaa === undefined) {
        throw new TpksError('usage', 'The address of the API is missing', {
          hint: 'tpks login -a api.example.com (or TPKS_API)',
        });
      }
      const at = { api, uaa };
      const given = caCert ?? env.TPKS_CA_CERT;
      return {
        at,
        trust: {
          caCert: given === undefined ? knownTrust(at, stored).caCert : readCaCert(given),
          skipTlsVerification,
        },
      };
    },
  };
}
