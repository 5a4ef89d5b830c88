import type { Recipient } from '../../../contexts/recipient.js';
import type { SecretInput } from '../../../auth/secret-source.js';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import { readName } from '../inputs.js';
import type { SecretFlags } from './get-token-options.js';

type Deps = Pick<Services, 'env' | 'terminal' | 'secrets'>;

/**
 * Finds the id of the client: the argument or flag, then `TPKS_CLIENT_NAME`, then a prompt.
 * @param advice - how to pass the id without a prompt, for the hint.
 */
export function findClientId(
  value: string | undefined,
  { env, terminal }: Pick<Deps, 'env' | 'terminal'>,
  advice = 'pass the client as the argument',
): Promise<string> {
  const clientId = value ?? env.TPKS_CLIENT_NAME;
  const hint = `${advice}, or set TPKS_CLIENT_NAME`;
  return readName(clientId, { message: 'Client ID: ', hint }, terminal);
}

/** The default client of the implicit grant, as in `uaac`. */
export const defaultImplicitClient = 'cf';

/**
 * Finds the secret of a client: a flag, then `TPKS_CLIENT_SECRET`, then a prompt. If the environment
 * also names a client or a UAA, the variable is used only for that client or UAA.
 */
export async function findClientSecret(
  recipient: Recipient,
  flags: SecretFlags,
  { secrets }: Pick<Deps, 'secrets'>,
): Promise<Secret> {
  return (await secrets()).find(toSecretInput(recipient, flags));
}

/** Like `findClientSecret`, but returns `undefined` for a public client instead of prompting. */
export async function findClientSecretWithoutPrompt(
  recipient: Recipient,
  flags: SecretFlags,
  { secrets }: Pick<Deps, 'secrets'>,
): Promise<Secret | undefined> {
  return (await secrets()).findWithoutPrompt(toSecretInput(recipient, flags));
}

function toSecretInput(recipient: Recipient, { secret, secretFile }: SecretFlags): SecretInput {
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
