import { Option } from 'commander';
import { readUserinfo } from '../../api/uaa/info.js';
import { measurePassword } from '../../api/uaa/password-strength.js';
import { createUsers } from '../../api/uaa/users.js';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import { readClaims, readUserId } from '../../domain/auth/claims.js';
import { formatLoginCommand } from '../../domain/contexts/login-command.js';
import type { Leaf } from '../command-table.js';
import { withStdin } from '../stdin-inputs.js';
import {
  addCurrentSecretOptions,
  addNewPasswordOptions,
  type NewPasswordFlags,
  type NewSecretDeps,
  readNewPassword,
  secretFileOption,
} from './new-secret.js';
import { showObject } from './objects.js';
import { rejectZoneOptions } from './options.js';
import { requireTarget, type TargetDeps } from './resolve-target.js';
import { addUserKeyOptions, readUserKey, type UserFlags } from './users.js';

export const set: Leaf = {
  description:
    'Set the password of a user without providing the current one, and revoke all tokens of that ' +
    'user. Requires the scopes scim.read and password.write; uaa.admin does not include ' +
    'password.write.',
  examples: {
    'set the password of cody; prompts for the password': 'tpks uaa password set cody',
  },
  define(command, deps) {
    addNewPasswordOptions(addUserKeyOptions(command), 'new password').action(
      async (name: string | undefined, flags: UserFlags & NewPasswordFlags) => {
        const key = await readUserKey(name, flags, deps);
        // Looks the user up before the prompt, so that a wrong name is reported first.
        const id = await deps.uaaResource(createUsers).findId(key);
        const texts = { prompt: 'New password: ', consequence: 'no password was set' };
        const password = await readNewPassword(flags, texts, deps);
        const users = deps.uaaResource(createUsers);
        const response = await users.setPassword({ id }, password);
        await deps.terminal.show({ json: response, text: ['password successfully set'] });
      },
    );
  },
};

type ChangeDeps = NewSecretDeps &
  Pick<Services, 'uaaContext' | 'session' | 'uaaResource' | 'uaaRequest'>;

interface ChangeFlags extends NewPasswordFlags {
  readonly old_password?: string;
  readonly oldPasswordFile?: string;
}

export const change: Leaf = {
  description:
    'Change the password of the user that the current token belongs to, and revoke all tokens ' +
    'of that user. Requires the scope password.write, which the client of the token must allow.',
  examples: {
    'change your own password; prompts for both passwords': 'tpks uaa password change',
  },
  define(command, deps: ChangeDeps) {
    addNewPasswordOptions(
      addCurrentSecretOptions(command, 'password', {
        short: '-o',
        help: 'current password',
        file: secretFileOption('--old-password-file', 'current password', 'TPKS_PASSWORD'),
      }),
      'new password',
    ).action((flags: ChangeFlags) => changePassword(flags, deps));
  },
};

/** If `tpks uaa` has no identity, the identity of the PKS commands is used. */
const ownAccount = { acceptsOtherRole: true };

/** Changes the password of the current user. The flags are checked before the first prompt. */
async function changePassword(input: ChangeFlags, deps: ChangeDeps): Promise<void> {
  const { terminal } = deps;
  const context = await deps.uaaContext(ownAccount);
  const { identity, grant, api, uaa } = context;
  if (grant === 'client_credentials') throw noUserError();
  const id = await findUserId(deps);
  const currentPassword = await deps.secrets.find({
    value: input.old_password,
    valueFlag: '--old_password',
    file: input.oldPasswordFile,
    fileFlag: '--old-password-file',
    variable: 'TPKS_PASSWORD',
    recipient: { name: identity, api, uaa },
    prompt: 'Current password: ',
  });
  const texts = { prompt: 'New password: ', consequence: 'the password was not changed' };
  const users = deps.uaaResource(createUsers, ownAccount);
  const passwords = { old: currentPassword, new: await readNewPassword(input, texts, deps) };
  const response = await users.changePassword(id, passwords);
  await terminal.show({ json: response, text: ['password successfully changed'] });
  terminal.note(
    `All tokens of ${identity} have been revoked. Log in again: ${formatLoginCommand(context)}`,
  );
}

/** Reads the id of the current user from the token or, if the token is opaque, from the UAA. */
async function findUserId({ uaaContext, session, uaaRequest }: ChangeDeps): Promise<string> {
  const { accessToken } = session(await uaaContext(ownAccount));
  const tokenClaims = readClaims(await accessToken());
  if (tokenClaims === undefined) return (await uaaRequest(readUserinfo, ownAccount)).user_id;
  const id = readUserId(tokenClaims);
  if (id === undefined) throw noUserError();
  return id;
}

function noUserError(): TpksError {
  return new TpksError('usage', 'no user_id in current context: its token belongs to a client', {
    hint:
      'to set the password of a user as an administrator: tpks uaa password set NAME\n' +
      'to change your own password, first get a user token: tpks uaa token owner get CLIENT NAME',
  });
}

type StrengthDeps = TargetDeps & Pick<Services, 'publicUaaRequest' | 'secrets'>;

export const strength: Leaf = {
  description:
    'Check how strong the UAA considers a password, without setting it. UAA releases since late ' +
    '2019 no longer support this. No token is required.',
  examples: {
    'check a password; prompts for the password': 'tpks uaa password strength',
  },
  define(command, deps: StrengthDeps) {
    rejectZoneOptions(command)
      .argument('[password]', 'password (visible to other users of this machine)')
      .addOption(
        withStdin(
          new Option('--password-stdin', 'read the password from stdin').conflicts('passwordFile'),
          true,
        ),
      )
      .addOption(secretFileOption('--password-file', 'password'))
      .action(async (value: string | undefined, flags: NewPasswordFlags) => {
        const target = await requireTarget(deps);
        const password = await deps.secrets.find({
          value,
          valueFlag: 'strength',
          file: flags.passwordFile ?? (flags.passwordStdin && '-'),
          fileFlag: '--password-stdin',
          prompt: 'Password: ',
        });
        const score = await deps.publicUaaRequest(
          (send, uaa) => measurePassword(send, uaa, password),
          target,
        );
        await showObject(score, deps);
      });
  },
};
