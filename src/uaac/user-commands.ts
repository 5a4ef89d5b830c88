import { toAttributeNames } from '../commands/uaa/objects.js';
import { parseRemovableFields } from '../commands/uaa/user-changes.js';
import { readClaims, readUserId } from '../auth/claims.js';
import { isTpksError } from '../errors.js';
import { toLowerCaseKeys } from './tree.js';
import { requestError, notFoundType } from './uaac-error.js';
import {
  createResource,
  printPage,
  readArgument,
  readNewSecret,
  readSecret,
  requireContext,
  type UaacRun,
} from './uaac-run.js';
import { createUsers, type UserKey } from '../uaa/users.js';
import { createUserIds } from '../uaa/users.js';
import { createUserUpdates } from '../uaa/user-updates.js';
import { createUserAccounts } from '../uaa/user-accounts.js';

export function users(run: UaacRun): Promise<void> {
  return printPage(run, { path: ['Users'] });
}

export async function get(run: UaacRun): Promise<void> {
  const attributes = run.options.list('attributes');
  const users = await createResource(run, createUsers);
  const key = await readUserKey(run);
  const fields = await (attributes === undefined
    ? users.get(key)
    : users.getFields(key, toAttributeNames(attributes)));
  await run.printTree(toLowerCaseKeys(fields));
}

async function readUserKey(run: UaacRun): Promise<UserKey> {
  return { name: await readArgument(run, 0, 'User name'), origin: run.options.text('origin') };
}

export async function add(run: UaacRun): Promise<void> {
  const { options, print } = run;
  const origin = options.text('origin');
  const userName = await readArgument(run, 0, 'User name');
  const isLocal = origin === undefined || origin === 'uaa';
  const password = isLocal ? await readNewSecret(run, 'password', 'Password') : undefined;
  const users = await createResource(run, createUsers);
  await users.add({
    userName,
    password,
    origin,
    emails: options.list('emails') ?? [],
    phoneNumbers: options.list('phones') ?? [],
    givenName: options.text('given_name'),
    familyName: options.text('family_name'),
  });
  await print('user account successfully added');
}

export async function update(run: UaacRun): Promise<void> {
  const { options, print } = run;
  const updateOptions = ['given_name', 'family_name', 'emails', 'phones', 'del_attrs', 'origin'];
  if (!updateOptions.some((name) => options.has(name))) return print('no user updates specified');
  const updates = await createResource(run, createUserUpdates);
  await updates.update(await readUserKey(run), {
    givenName: options.text('given_name'),
    familyName: options.text('family_name'),
    emails: options.list('emails'),
    phoneNumbers: options.list('phones'),
    remove: [...new Set((options.list('del_attrs') ?? []).flatMap(parseRemovableFields))],
  });
  await print('user account successfully updated');
}

export async function remove(run: UaacRun): Promise<void> {
  const users = await createResource(run, createUsers);
  await users.remove(await readUserKey(run));
  await run.print('user account successfully deleted');
}

/** Shows the ids of users by name, as the original does. */
export async function ids(run: UaacRun): Promise<void> {
  const { args, prompt } = run;
  const userIds = await createResource(run, createUserIds);
  const names = args.length > 0 ? args : (await prompt('names or ids of users')).split(/[\s,]+/);
  const found = await userIds.find({ names: names.filter(Boolean), ids: [] });
  if (found.length === 0) throw requestError(notFoundType, 'no users found');
  await run.printTree(found.map(toLowerCaseKeys));
}

export async function unlock(run: UaacRun): Promise<void> {
  const accounts = await createResource(run, createUserAccounts);
  await accounts.unlock({ id: await findUserId(run) });
  await run.print('user account successfully unlocked');
}

export function activate(run: UaacRun): Promise<void> {
  return setActive(run, true);
}

export function deactivate(run: UaacRun): Promise<void> {
  return setActive(run, false);
}

async function setActive(run: UaacRun, active: boolean): Promise<void> {
  const updates = await createResource(run, createUserUpdates);
  await updates.update({ id: await findUserId(run) }, { active });
  await run.print(`user account successfully ${active ? 'activated' : 'deactivated'}`);
}

/** Finds the id of a user whose name exists only once. */
async function findUserId(run: UaacRun): Promise<string> {
  const { uaa } = await requireContext(run);
  const name = await readArgument(run, 0, 'User name');
  const users = await createResource(run, createUsers);
  const [user] = await users.identify([name]);
  if (user !== undefined && !isTpksError(user)) return user.id;
  throw requestError(notFoundType, `${name} not found in ${uaa}/Users`);
}

export async function setPassword(run: UaacRun): Promise<void> {
  const accounts = await createResource(run, createUserAccounts);
  const id = await findUserId(run);
  await accounts.setPassword({ id }, await readNewSecret(run, 'password', 'New password'));
  await run.print('password successfully set');
}

export async function changePassword(run: UaacRun): Promise<void> {
  const session = await run.services.session(await requireContext(run));
  const id = readUserId(readClaims(await session.accessToken()));
  if (id === undefined) throw requestError('RuntimeError', 'no user_id in current context');
  const accounts = await createResource(run, createUserAccounts);
  const old = await readSecret(run, 'old_password', 'Current password');
  await accounts.changePassword(id, {
    old,
    new: await readNewSecret(run, 'password', 'New password'),
  });
  await run.print('password successfully changed');
}
