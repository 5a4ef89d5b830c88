import type { Secret } from '../../../secret.js';
import {
  readNewSecret,
  withGeneratedSecret,
  type NewSecretDeps,
  type NewSecretFlags,
} from '../client/new-secret.js';
import type { Services } from '../../../services.js';
import { createClientSecrets } from '../../../uaa/client-secrets.js';

export type StoreSecretDeps = NewSecretDeps & Pick<Services, 'uaaResource' | 'uaaContext'>;

/** A change to the secrets of a client. */
interface SecretChange {
  readonly id: string;
  readonly action: 'set' | 'add';
  /** Returns the current secret, if the UAA requires it. */
  readonly readOldSecret?: () => Promise<Secret | undefined>;
  /** The end of error messages, e.g. `no secret was set`. */
  readonly consequence: string;
  /** The message of `uaac`. */
  readonly successMessage: string;
}

/** Reads a new secret, stores it at the UAA, and prints it if it was generated. */
export async function storeSecret(
  { id, action, readOldSecret, consequence, successMessage }: SecretChange,
  flags: NewSecretFlags,
  deps: StoreSecretDeps,
): Promise<void> {
  const secrets = await deps.uaaResource(createClientSecrets);
  const oldSecret = await readOldSecret?.();
  const secret = await readNewSecret(flags, consequence, deps);
  const result = await secrets[action](id, secret, oldSecret);
  const isGenerated = flags.generateSecret === true;
  await deps.terminal.show({
    json: withGeneratedSecret(result, secret, flags, deps),
    text: isGenerated ? [successMessage, `client_secret: ${secret.reveal()}`] : [successMessage],
  });
  if (action === 'set') await noteInvalidToken(id, deps);
}

/** Setting the secret of a client invalidates all its tokens, perhaps also the current one. */
async function noteInvalidToken(
  id: string,
  { uaaContext, terminal }: Pick<StoreSecretDeps, 'uaaContext' | 'terminal'>,
): Promise<void> {
  const { clientId, grant } = await uaaContext();
  if (clientId !== id || grant !== 'client_credentials') return;
  terminal.note(
    `The token of ${id} is no longer valid; get a new one: tpks uaa token client get ${id}`,
  );
}
