import type { Recipient } from '../../../contexts/recipient.js';
import type { SecretInput } from '../../../auth/secret-source.js';
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

/** The secret in the environment counts for the client and the UAA that are named there, if any. */
export async function findClientSecret(
  recipient: Recipient,
  flags: SecretFlags,
  { secrets }: Pick<Deps, 'secrets'>,
): Promise<Secret> {
  return (await secrets()).find(clientSecret(recipient, flags));
}

/** Nobody is asked: a client without a secret is a public one. */
export async function givenClientSecret(
  recipient: Recipient,
  flags: SecretFlags,
  { secrets }: Pick<Deps, 'secrets'>,
): Promise<Secret | undefined> {
  return (await secrets()).given(clientSecret(recipient, flags));
}

function clientSecret(recipient: Recipient, { secret, secretFile }: SecretFlags): SecretInput {
  return {
    value: secret,
    valueFlag: '--secret',
    file: secretFile,
    fileFlag: '--secret-file',
    variable: 'TPKS_CLIENT_SECRET',
    recipient,
    prompt: 'Client secret: ',
  };
}
