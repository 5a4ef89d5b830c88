import { installation, uaaBase } from './installation.js';

/** Who a secret belongs to, and the servers that it would be sent to. */
export interface Recipient {
  /** The user or the client. */
  readonly name: string;
  /** Left out where only a UAA is known. */
  readonly api?: string | undefined;
  readonly uaa: string;
}

type Env = NodeJS.ProcessEnv;

/** The variable beside a secret that says whose it is. */
const namedBy: Readonly<Record<string, string>> = {
  TPKS_PASSWORD: 'TPKS_USERNAME',
  TPKS_CLIENT_SECRET: 'TPKS_CLIENT_NAME',
};

/**
 * Whether a secret in the environment counts for this recipient: where the environment names a user
 * or a client, or an installation, it counts for them alone.
 * @throws {TpksError} `usage` when `TPKS_API` or `TPKS_UAA_URL` is no address.
 */
export function isMeantFor(recipient: Recipient, variable: string, env: Env): boolean {
  const named = env[namedBy[variable] ?? ''];
  return (!named || named === recipient.name) && isMeantAt(recipient, env);
}

/** Whether the installation of the environment, if there is one, is this one. */
export function isMeantAt({ api, uaa }: Omit<Recipient, 'name'>, env: Env): boolean {
  const { TPKS_API: ownApi, TPKS_UAA_URL: ownUaa } = env;
  if (ownUaa && uaaBase(ownUaa) !== uaa) return false;
  if (!ownApi) return true;
  const own = installation(ownApi, ownUaa || undefined);
  return api === undefined ? own.uaa === uaa : own.api === api;
}

/** @returns e.g. `TPKS_PASSWORD is meant for api.example.com`, for a hint. */
export function whereMeant(variable: string, env: Env): string {
  return `${variable} is meant for ${[env['TPKS_API'], env['TPKS_UAA_URL']].filter(Boolean).join(' with ')}`;
}
