import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import type { ActionResult } from '../../../uaa/client-secrets.js';
import { withGenerated, type NewSecretFlags } from '../client/new-secret.js';

interface Shown {
  readonly answer: ActionResult;
  readonly secret: Secret;
  readonly flags: NewSecretFlags;
}

/** Shows what became of a secret, and the secret itself where it was made here. */
export async function showSecret(
  words: string,
  { answer, secret, flags }: Shown,
  deps: Pick<Services, 'terminal'>,
): Promise<void> {
  const isNew = flags.generateSecret === true;
  await deps.terminal.show({
    json: withGenerated(answer, secret, flags, deps),
    text: isNew ? [words, `client_secret: ${secret.open()}`] : [words],
  });
}
