import { readClaims, readTextClaim } from '../auth/claims.js';
import { loadUserAccounts } from '../commands/uaa/resources.js';
import { Secret } from '../secret.js';
import { requestError } from './uaac-error.js';
import { askTwice, requireContext, useResource, type UaacRun } from './uaac-run.js';
import { findUserId } from './user-commands.js';

export async function set(run: UaacRun): Promise<void> {
  const accounts = await useResource(run, loadUserAccounts);
  const id = await findUserId(run);
  await accounts.setPassword({ id }, await findNewPassword(run));
  await run.print('password successfully set');
}

export async function change(run: UaacRun): Promise<void> {
  const { options, askHidden, services } = run;
  const session = await services.session(await requireContext(run));
  const claims = readClaims(await session.accessToken());
  const id = claims && readTextClaim(claims, 'user_id');
  if (id === undefined) throw requestError('RuntimeError', 'no user_id in current context');
  const accounts = await useResource(run, loadUserAccounts);
  const old = new Secret(options.text('old_password') ?? (await askHidden('Current password')));
  await accounts.changePassword(id, { old, new: await findNewPassword(run) });
  await run.print('password successfully changed');
}

async function findNewPassword(run: UaacRun): Promise<Secret> {
  return new Secret(run.options.text('password') ?? (await askTwice(run, 'New password')));
}
