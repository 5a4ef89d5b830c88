import type { Environment, SecretVariable } from '../../platform/config/environment.js';
import { parseInstallation, normalizeUaaUrl } from './installation.js';

/** The identity that a secret belongs to, and the servers that it would be sent to. */
export interface Recipient {
  /** Name of the user, or id of the client. */
  readonly name: string;
  /** `undefined` if only a UAA is known. */
  readonly api?: string | undefined;
  readonly uaa: string;
}

/**
 * Whether a secret in the environment may be used for this recipient. If the environment names a
 * user, a client or an installation, it may be used only for them.
 * @throws {TpksError} `usage` if `TPKS_API` or `TPKS_UAA_URL` is not an address.
 */
export function isForRecipient(
  recipient: Recipient,
  variable: SecretVariable,
  env: Environment,
): boolean {
  const owner = ownerOf(variable, env);
  return (owner === undefined || owner === recipient.name) && isForInstallation(recipient, env);
}

/** The identity that the environment names as the owner of a secret. */
function ownerOf(variable: SecretVariable, env: Environment): string | undefined {
  if (variable === 'TPKS_PASSWORD') return env.TPKS_USERNAME;
  return variable === 'TPKS_CLIENT_SECRET' ? env.TPKS_CLIENT_NAME : undefined;
}

/** Whether this is the installation of the environment, or the environment names none. */
export function isForInstallation(
  { api, uaa }: Omit<Recipient, 'name'>,
  env: Environment,
): boolean {
  const { TPKS_API: ownApi, TPKS_UAA_URL: ownUaa } = env;
  if (ownUaa && normalizeUaaUrl(ownUaa) !== uaa) return false;
  if (!ownApi) return true;
  const own = parseInstallation(ownApi, ownUaa || undefined);
  return api === undefined ? own.uaa === uaa : own.api === api;
}

/** @returns e.g. `TPKS_PASSWORD is meant for api.example.com`, for a hint. */
export function describeIntendedServer(variable: string, env: Environment): string {
  return `${variable} is meant for ${[env.TPKS_API, env.TPKS_UAA_URL].filter(Boolean).join(' with ')}`;
}
