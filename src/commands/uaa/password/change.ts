import { Option, type Command } from 'commander';
import { readClaims, readUserId } from '../../../auth/claims.js';
import { formatLoginCommand } from '../../../auth/login-command.js';
import type { Recipient } from '../../../contexts/recipient.js';
import { TpksError } from '../../../errors.js';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import { withInputFile } from '../../stdin-inputs.js';
import {
  addNewPasswordOptions,
  readNewPassword,
  type NewPasswordDeps,
  type NewPasswordFlags,
} from '../new-password.js';
import { createUserAccounts } from '../../../uaa/user-accounts.js';
import { createUserinfoEndpoint } from '../../../uaa/userinfo.js';

type Deps = NewPasswordDeps & Pick<Services, 'uaaContext' | 'session' | 'uaaResource'>;

interface Flags extends NewPasswordFlags {
  readonly old_password?: string;
  readonly oldPassword?: string;
  readonly oldPasswordFile?: string;
}

export function define(command: Command, deps: Deps): void {
  addNewPasswordOptions(
    command
      .option(
        '-o, --old_password <password>',
        'current password (visible to other users of this machine)',
      )
      .addOption(new Option('--old-password <password>').conflicts('old_password').hideHelp())
      .addOption(
        withInputFile(
          new Option(
            '--old-password-file <path>',
            'read the current password from this file; - for stdin [TPKS_PASSWORD]',
          ),
        ).conflicts(['old_password', 'oldPassword']),
      ),
    'new password',
  )
    .description(
      'Change the password of the user that the current token belongs to, and revoke all tokens ' +
        'of that user. Requires the scope password.write, which the client of the token must allow.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa password change')
    .action((flags: Flags) =>
      changePassword({ ...flags, oldPassword: flags.old_password ?? flags.oldPassword }, deps),
    );
}

interface Input extends NewPasswordFlags {
  readonly oldPassword?: string | undefined;
  readonly oldPasswordFile?: string | undefined;
}

/** If `tpks uaa` has no identity, the identity of the PKS commands is used. */
const ownAccount = { acceptsOtherRole: true };

/** Changes the password of the current user. The flags are checked before the first prompt. */
export async function changePassword(input: Input, deps: Deps): Promise<void> {
  const { terminal } = deps;
  const context = await deps.uaaContext(ownAccount);
  const { identity, grant, api, uaa } = context;
  if (grant === 'client_credentials') throw noUserError();
  const id = await findUserId(deps);
  const currentPassword = await readCurrentPassword(input, { name: identity, api, uaa }, deps);
  const texts = { prompt: 'New password: ', consequence: 'the password was not changed' };
  const accounts = await deps.uaaResource(createUserAccounts, ownAccount);
  const passwords = { old: currentPassword, new: await readNewPassword(input, texts, deps) };
  const response = await accounts.changePassword(id, passwords);
  await terminal.show({ json: response, text: ['password successfully changed'] });
  terminal.note(
    `All tokens of ${identity} have been revoked. Log in again: ${formatLoginCommand(context)}`,
  );
}

/** Reads the id of the current user from the token. An opaque token contains none, so asks the UAA. */
async function findUserId({ uaaContext, session, uaaResource }: Deps): Promise<string> {
  const { accessToken } = await session(await uaaContext(ownAccount));
  const tokenClaims = readClaims(await accessToken());
  if (tokenClaims === undefined)
    return (await (await uaaResource(createUserinfoEndpoint, ownAccount)).get()).user_id;
  const id = readUserId(tokenClaims);
  if (id === undefined) throw noUserError();
  return id;
}

async function readCurrentPassword(
  { oldPassword: value, oldPasswordFile: file }: Input,
  recipient: Recipient,
  { secrets }: Deps,
): Promise<Secret> {
  return (await secrets()).find({
    value,
    valueFlag: '--old_password',
    file,
    fileFlag: '--old-password-file',
    variable: 'TPKS_PASSWORD',
    recipient,
    prompt: 'Current password: ',
  });
}

function noUserError(): TpksError {
  return new TpksError('usage', 'no user_id in current context: its token belongs to a client', {
    hint:
      'to set the password of a user as an administrator: tpks uaa password set NAME\n' +
      'to change your own password, first get a user token: tpks uaa token owner get CLIENT NAME',
  });
}
