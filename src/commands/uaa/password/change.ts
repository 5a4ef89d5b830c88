import { Option, type Command } from 'commander';
import { claims, textClaim } from '../../../auth/claims.js';
import { loginCommand } from '../../../auth/login-command.js';
import type { Recipient } from '../../../contexts/recipient.js';
import { withFileNames } from '../../../completion/completer.js';
import { TpksError } from '../../../errors.js';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import {
  addNewPasswordOptions,
  readNewPassword,
  type NewPasswordDeps,
  type NewPasswordFlags,
} from '../new-password.js';
import { loadUserAccounts, loadUserinfo } from '../resources.js';
import { checkStdin } from '../inputs.js';

type Deps = NewPasswordDeps & Pick<Services, 'uaaContext' | 'session' | 'uaaResource'>;

interface Flags extends NewPasswordFlags {
  readonly old_password?: string;
  readonly oldPassword?: string;
  readonly oldPasswordFile?: string;
}

export function define(command: Command, deps: Deps): void {
  addNewPasswordOptions(
    command
      .option('-o, --old_password <password>', 'current password (others may see it)')
      .addOption(new Option('--old-password <password>').conflicts('old_password').hideHelp())
      .addOption(
        withFileNames(
          new Option(
            '--old-password-file <path>',
            'file that contains it; - is stdin [TPKS_PASSWORD]',
          ),
        ).conflicts(['old_password', 'oldPassword']),
      ),
    'new password',
  )
    .description(
      'Change the password of the user whose token is in use, and end all sessions of that user. ' +
        'Needs the scope password.write, so a token of a client that allows it.',
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

export async function changePassword(input: Input, deps: Deps): Promise<void> {
  const { terminal } = deps;
  const isNewOnStdin = input.passwordStdin === true || input.passwordFile === '-';
  checkStdin('Both passwords', input.oldPasswordFile === '-', isNewOnStdin);
  const context = await deps.uaaContext();
  const { identity, grant, api, uaa } = context;
  if (grant === 'client_credentials') throw noUserError();
  const id = await findUserId(deps);
  const old = await oldPassword(input, { name: identity, api, uaa }, deps);
  const texts = { prompt: 'New password: ', undone: 'the password was not changed' };
  const accounts = await deps.uaaResource(loadUserAccounts);
  const passwords = { old, new: await readNewPassword(input, texts, deps) };
  const answer = await accounts.changePassword(id, passwords);
  await terminal.show({ json: answer, text: ['password successfully changed'] });
  terminal.note(
    `The tokens of ${identity} have ended with it; log in again: ${loginCommand(context)}`,
  );
}

/** In the token, unless it is opaque: then the UAA knows. */
async function findUserId({ uaaContext, session, uaaResource }: Deps): Promise<string> {
  const { accessToken } = await session(await uaaContext());
  const said = claims(await accessToken());
  if (said === undefined) return (await (await uaaResource(loadUserinfo)).get()).user_id;
  const id = textClaim(said, 'user_id');
  if (id === undefined) throw noUserError();
  return id;
}

async function oldPassword(
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
  return new TpksError('usage', 'no user_id in current context: it is that of a client', {
    hint:
      'an administrator sets the password of a user: tpks uaa password set NAME\n' +
      'a user changes it with a token of one’s own: tpks uaa token owner get CLIENT NAME',
  });
}
