import { formatEquals, isSameName } from '../api/uaa/filters.js';
import { createUsers, type User, type Users } from '../api/uaa/users.js';
import { isTpksError } from '../base/errors.js';
import { toAttributeNames } from '../commands/uaa/attribute-names.js';
import { parseRemovableFields } from '../commands/uaa/user-changes.js';
import { readClaims, readUserId } from '../domain/auth/claims.js';
import { printPage } from './lists.js';
import { profileOptions } from './options.js';
import { toLowerCaseKeys } from './tree.js';
import { notFoundType, requestError } from './uaac-error.js';
import {
  readArgument,
  readNewSecret,
  readSecret,
  requireContext,
  type UaacRun,
} from './uaac-run.js';

export function users(run: UaacRun): Promise<void> {
  return printPage(run, { path: ['Users'] });
}

export async function get(run: UaacRun): Promise<void> {
  const attributes = run.options.list('attributes');
  await requireContext(run);
  const users = run.services.uaaResource(createUsers);
  const user = await chooseUser(users, run);
  const fields =
    attributes === undefined ? user : await users.getFields(user, toAttributeNames(attributes));
  await run.printTree(toLowerCaseKeys(fields));
}

/** Finds a user by name. If it exists in several origins and `--origin` is absent, prompts for one. */
async function chooseUser(users: Users, run: UaacRun): Promise<User> {
  const name = await readArgument(run, 0, 'User name');
  const origin = run.options.text('origin');
  const found = await users.list({ filter: formatEquals('userName', name) });
  const matches = found.filter(
    (user) =>
      (origin === undefined || isSameName(user.origin, origin)) && isSameName(user.userName, name),
  );
  const [first, ...others] = matches;
  if (first === undefined) throw requestError(notFoundType, notFoundType);
  if (others.length === 0) return first;
  const choices = matches.map((user, index) => `${String(index + 1)}. ${user.origin}`);
  await run.print('Select an origin:', ...choices);
  const chosen = matches[Number(await run.prompt('Select user')) - 1];
  if (chosen === undefined) throw requestError('ArgumentError', 'bad input');
  return chosen;
}

export async function add(run: UaacRun): Promise<void> {
  const { options, print } = run;
  const origin = options.text('origin');
  const userName = await readArgument(run, 0, 'User name');
  const isLocal = origin === undefined || origin === 'uaa';
  const password = isLocal ? await readNewSecret(run, 'password', 'Password') : undefined;
  await requireContext(run);
  const users = run.services.uaaResource(createUsers);
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
  const isChanged = [...profileOptions, 'del_attrs' as const].some((name) => options.has(name));
  if (!isChanged) return print('no user updates specified');
  await requireContext(run);
  const users = run.services.uaaResource(createUsers);
  const { id } = await chooseUser(users, run);
  const changes = {
    givenName: options.text('given_name'),
    familyName: options.text('family_name'),
    emails: options.list('emails'),
    phoneNumbers: options.list('phones'),
    remove: [...new Set((options.list('del_attrs') ?? []).flatMap(parseRemovableFields))],
  };
  await users.update({ id }, changes);
  await print('user account successfully updated');
}

export async function remove(run: UaacRun): Promise<void> {
  await requireContext(run);
  const users = run.services.uaaResource(createUsers);
  const { id } = await chooseUser(users, run);
  await users.remove({ id });
  await run.print('user account successfully deleted');
}

/** Shows the ids of users by name, as the original does. */
export async function ids(run: UaacRun): Promise<void> {
  const { args, prompt } = run;
  await requireContext(run);
  const users = run.services.uaaResource(createUsers);
  const names = args.length > 0 ? args : (await prompt('names or ids of users')).split(/[\s,]+/);
  const found = await users.findIdentities({ names: names.filter(Boolean), ids: [] });
  if (found.length === 0) throw requestError(notFoundType, 'no users found');
  await run.printTree(found.map(toLowerCaseKeys));
}

export async function unlock(run: UaacRun): Promise<void> {
  const users = run.services.uaaResource(createUsers);
  await users.unlock({ id: await findUserId(run) });
  await run.print('user account successfully unlocked');
}

export const activate = (run: UaacRun) => setActive(run, true);
export const deactivate = (run: UaacRun) => setActive(run, false);

async function setActive(run: UaacRun, active: boolean): Promise<void> {
  const users = run.services.uaaResource(createUsers);
  await users.update({ id: await findUserId(run) }, { active });
  await run.print(`user account successfully ${active ? 'activated' : 'deactivated'}`);
}

/** Finds the id of a user whose name is unique. */
async function findUserId(run: UaacRun): Promise<string> {
  const { uaa } = await requireContext(run);
  const name = await readArgument(run, 0, 'User name');
  const users = run.services.uaaResource(createUsers);
  const [user] = await users.identify([name]);
  if (user !== undefined && !isTpksError(user)) return user.id;
  throw requestError(notFoundType, `${name} not found in ${uaa}/Users`);
}

export async function setPassword(run: UaacRun): Promise<void> {
  const users = run.services.uaaResource(createUsers);
  const id = await findUserId(run);
  await users.setPassword({ id }, await readNewSecret(run, 'password', 'New password'));
  await run.print('password successfully set');
}

export async function changePassword(run: UaacRun): Promise<void> {
  const session = run.services.session(await requireContext(run));
  const id = readUserId(readClaims(await session.accessToken()));
  if (id === undefined) throw requestError('RuntimeError', 'no user_id in current context');
  const users = run.services.uaaResource(createUsers);
  const old = await readSecret(run, 'old_password', 'Current password');
  const replacement = await readNewSecret(run, 'password', 'New password');
  await users.changePassword(id, { old, new: replacement });
  await run.print('password successfully changed');
}
