import type { Recipient } from '../../../contexts/recipient.js';
import type { SecretInput } from '../../../auth/secret-source.js';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import { nameOrAsk } from '../inputs.js';
import type { SecretFlags } from './get-token-options.js';

type Deps = Pick<Services, 'env' | 'terminal' | 'secrets'>;

/**
 * Finds the client: the argument or flag, then `TPKS_CLIENT_NAME`, then a prompt.
 * @param where - how to give it without a prompt, for the hint.
 */
export function findClientId(
  typed: string | undefined,
  { env, terminal }: Pick<Deps, 'env' | 'terminal'>,
  where = 'as the argument',
): Promise<string> {
  const insteadUse = `give the client ${where}, or TPKS_CLIENT_NAME`;
  const found = typed ?? env.TPKS_CLIENT_NAME;
  return nameOrAsk(found, { prompt: 'Client ID: ', insteadUse }, terminal);
}

/** The client of the implicit grant if none is named, as in `uaac`. */
export const defaultImplicitClient = 'cf';

/** A secret in the environment is used only for the client and the UAA that are named there, if any. */
export async function findClientSecret(
  recipient: Recipient,
  flags: SecretFlags,
  { secrets }: Pick<Deps, 'secrets'>,
): Promise<Secret> {
  return (await secrets()).find(clientSecret(recipient, flags));
}

/** The same without a prompt: a client without a secret is a public one. */
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
