import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import { nameOrAsk } from '../name.js';
import type { SecretFlags } from './fetch-options.js';

type Deps = Pick<Services, 'env' | 'terminal' | 'secrets'>;

/**
 * @param typed - the argument or flag; then `TPKS_CLIENT_NAME`; then somebody is asked.
 * @param where - how it is typed, for whom nobody can ask.
 */
export function findClientId(
  typed: string | undefined,
  { env, terminal }: Pick<Deps, 'env' | 'terminal'>,
  where = 'as the argument',
): Promise<string> {
  const insteadUse = `give the client ${where}, or TPKS_CLIENT_NAME`;
  const found = typed ?? (env['TPKS_CLIENT_NAME'] || undefined);
  return nameOrAsk(found, { prompt: 'Client ID: ', insteadUse }, terminal);
}

/** The secret in the environment counts for the client that is named there, if one is. */
export async function findClientSecret(
  clientId: string,
  { secret, secretFile }: SecretFlags,
  { env, secrets }: Pick<Deps, 'env' | 'secrets'>,
): Promise<Secret> {
  return (await secrets()).find({
    value: secret,
    valueFlag: '--secret',
    file: secretFile,
    fileFlag: '--secret-file',
    variable: isMeant(clientId, env) ? 'TPKS_CLIENT_SECRET' : undefined,
    prompt: 'Client secret: ',
  });
}

/** Nobody is asked: a client without a secret is a public one. */
export async function givenClientSecret(
  clientId: string,
  flags: SecretFlags,
  deps: Pick<Deps, 'env' | 'secrets'>,
): Promise<Secret | undefined> {
  const { TPKS_CLIENT_SECRET: value, TPKS_CLIENT_SECRET_FILE: file } = deps.env;
  const isInEnvironment = isMeant(clientId, deps.env) && (value !== undefined || Boolean(file));
  const isGiven = flags.secret !== undefined || flags.secretFile !== undefined || isInEnvironment;
  return isGiven ? findClientSecret(clientId, flags, deps) : undefined;
}

function isMeant(clientId: string, env: NodeJS.ProcessEnv): boolean {
  const named = env['TPKS_CLIENT_NAME'];
  return !named || named === clientId;
}
