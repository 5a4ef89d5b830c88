import type { Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import {
  addNewSecret,
  newSecret,
  type NewSecretDeps,
  type NewSecretFlags,
} from '../client/new-secret.js';
import { addOldSecret, checkStdin, oldSecret, type OldSecretFlags } from './old-secret.js';
import { noteEndedToken } from './own-client.js';
import { showSecret } from './secret-view.js';
import { loadClientSecrets } from '../resources.js';

type Deps = NewSecretDeps & Pick<Services, 'uaaResource' | 'uaaContext'>;

type Flags = NewSecretFlags & OldSecretFlags;

export function define(command: Command, deps: Deps): void {
  addOldSecret(addNewSecret(command, 'new secret'), 'the secret of now')
    .description(
      'Changes the secret of the client whose token is in use. Its tokens end at once. It needs the ' +
        'scope clients.secret.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa secret change --generate-secret')
    .action((flags: Flags) => change(flags, deps));
}

/** Changes the secret of one's own client. */
export async function change(flags: Flags, deps: Deps): Promise<void> {
  checkStdin(flags, flags);
  const { clientId: id, identity, grant, api, uaa } = await deps.uaaContext();
  if (grant !== 'client_credentials') throw ofUser(identity);
  const secrets = await deps.uaaResource(loadClientSecrets);
  const old = await oldSecret({ name: id, api, uaa }, flags, deps);
  const secret = await newSecret(flags, 'the secret was not changed', deps);
  const answer = await secrets.set(id, secret, old);
  await showSecret('client secret successfully changed', { answer, secret, flags }, deps);
  await noteEndedToken(id, deps);
}

function ofUser(identity: string): TpksError {
  return new TpksError('usage', `The token in use is that of the user ${identity}, of no client`, {
    hint:
      'use the client’s own: tpks uaa token client get CLIENT\n' +
      'an administrator sets any client’s secret: tpks uaa secret set CLIENT',
  });
}
