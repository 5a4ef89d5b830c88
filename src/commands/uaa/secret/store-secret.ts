import type { Secret } from '../../../secret.js';
import {
  newSecret,
  withGenerated,
  type NewSecretDeps,
  type NewSecretFlags,
} from '../client/new-secret.js';
import type { Services } from '../../../services.js';
import { loadClientSecrets } from '../resources.js';

export type StoreSecretDeps = NewSecretDeps & Pick<Services, 'uaaResource' | 'uaaContext'>;

/** A change of a client's secrets. */
interface SecretChange {
  readonly id: string;
  readonly action: 'set' | 'add';
  /** The current secret, if the UAA needs it. */
  readonly old?: () => Promise<Secret | undefined>;
  /** What did not happen after an error, e.g. `no secret was set`. */
  readonly undone: string;
  /** The message of `uaac`. */
  readonly done: string;
}

/** Asks for a new secret, stores it at the UAA, and shows it if it was generated. */
export async function storeSecret(
  { id, action, old, undone, done }: SecretChange,
  flags: NewSecretFlags,
  deps: StoreSecretDeps,
): Promise<void> {
  const secrets = await deps.uaaResource(loadClientSecrets);
  const oldSecret = await old?.();
  const secret = await newSecret(flags, undone, deps);
  const result = await secrets[action](id, secret, oldSecret);
  const isNew = flags.generateSecret === true;
  await deps.terminal.show({
    json: withGenerated(result, secret, flags, deps),
    text: isNew ? [done, `client_secret: ${secret.open()}`] : [done],
  });
  if (action === 'set') await noteEndedToken(id, deps);
}

/** A new secret ends all tokens of the client. */
async function noteEndedToken(
  id: string,
  { uaaContext, terminal }: Pick<StoreSecretDeps, 'uaaContext' | 'terminal'>,
): Promise<void> {
  const { clientId, grant } = await uaaContext();
  if (clientId !== id || grant !== 'client_credentials') return;
  terminal.note(
    `The token of ${id} has ended with the old secret; get a new one: tpks uaa token client get ${id}`,
  );
}
