import { readClaims, readUserId } from '../auth/claims.js';
import { Secret } from '../secret.js';
import { requestError } from './uaac-error.js';
import { promptTwice, requireContext, createResource, type UaacRun } from './uaac-run.js';
import { findUserId } from './user-commands.js';
import { createUserAccounts } from '../uaa/user-accounts.js';

export async function set(run: UaacRun): Promise<void> {
  const accounts = await createResource(run, createUserAccounts);
  const id = await findUserId(run);
  await accounts.setPassword({ id }, await readNewPassword(run));
  await run.print('password successfully set');
}

export async function change(run: UaacRun): Promise<void> {
  const { options, promptHidden, services } = run;
  const session = await services.session(await requireContext(run));
  const id = readUserId(readClaims(await session.accessToken()));
  if (id === undefined) throw requestError('RuntimeError', 'no user_id in current context');
  const accounts = await createResource(run, createUserAccounts);
  const old = new Secret(options.text('old_password') ?? (await promptHidden('Current password')));
  await accounts.changePassword(id, { old, new: await readNewPassword(run) });
  await run.print('password successfully changed');
}

async function readNewPassword(run: UaacRun): Promise<Secret> {
  return new Secret(run.options.text('password') ?? (await promptTwice(run, 'New password')));
}
