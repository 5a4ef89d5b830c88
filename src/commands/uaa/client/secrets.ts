import { type Command, Option } from 'commander';
import type { Recipient } from '../../../contexts/recipient.js';
import { TpksError } from '../../../errors.js';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import { createClientSecrets } from '../../../uaa/client-secrets.js';
import type { Leaf } from '../../contents.js';
import { runAndShowDryRun } from '../../dry-run.js';
import { withInputFile } from '../../stdin-inputs.js';
import {
  addDeletionOptions,
  confirmDeletion,
  type DeletionDeps,
  type DeletionFlags,
} from '../deletions.js';
import { clientIdArgument, readClientId } from './clients.js';
import {
  addNewSecretOptions,
  type NewSecretDeps,
  type NewSecretFlags,
  readNewSecret,
  withGeneratedSecret,
} from '../new-secret.js';

/** Sources of the current secret. `--old-secret` is accepted as another spelling of `--old_secret`. */
export interface OldSecretFlags {
  readonly old_secret?: string;
  readonly oldSecretFile?: string;
}

/** @param variable - environment variable that is also read, for the help. */
export function addOldSecretOptions(command: Command, help: string, variable?: string): Command {
  const dashed = new Option('--old-secret <secret>').hideHelp();
  dashed.attributeName = () => 'old_secret';
  return command
    .option('--old_secret <secret>', `${help} (visible to other users of this machine)`)
    .addOption(dashed)
    .addOption(
      withInputFile(
        new Option(
          '--old-secret-file <path>',
          'read the current client secret from this file; - for stdin' +
            (variable === undefined ? '' : ` [${variable}]`),
        ),
      ).conflicts('old_secret'),
    );
}

/**
 * Reads the current secret: from a flag, then `TPKS_CLIENT_SECRET`, then a prompt.
 * @param recipient - the client and UAA that the secret is for; the variable is used only if it is
 *   meant for them. `undefined` ignores the variable.
 */
export async function readOldSecret(
  recipient: Recipient | undefined,
  { old_secret: value, oldSecretFile: file }: OldSecretFlags,
  { secrets }: Pick<Services, 'secrets'>,
): Promise<Secret> {
  return (await secrets()).find({
    value,
    valueFlag: '--old_secret',
    file,
    fileFlag: '--old-secret-file',
    ...(recipient && { variable: 'TPKS_CLIENT_SECRET', recipient }),
    prompt: 'Current client secret: ',
  });
}

/**
 * Reads the current secret from a flag, without prompting.
 * @returns `undefined` without a flag: the scope clients.admin does not require the current secret.
 */
export async function readOptionalOldSecret(
  flags: OldSecretFlags,
  deps: Pick<Services, 'secrets'>,
): Promise<Secret | undefined> {
  const isGiven = flags.old_secret !== undefined || flags.oldSecretFile !== undefined;
  return isGiven ? readOldSecret(undefined, flags, deps) : undefined;
}

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

export const set: Leaf = {
  define(command, deps: StoreSecretDeps) {
    addNewSecretOptions(command.addArgument(clientIdArgument()), 'new client secret')
      .description(
        'Set the secret of a client without providing the current one. All tokens of the client, ' +
          'including tokens that users obtained with it, become invalid immediately. To distribute the new secret ' +
          'first, use `tpks uaa secret add` instead. Requires the scope clients.admin.',
      )
      .addHelpText('after', '\nExample:\n  $ tpks uaa secret set ci-reader --generate-secret')
      .action(async (argument: string | undefined, flags: NewSecretFlags) => {
        const id = await readClientId(argument, deps);
        await storeSecret(
          {
            id,
            action: 'set',
            consequence: 'no secret was set',
            successMessage: 'client secret successfully set',
          },
          flags,
          deps,
        );
      });
  },
};

type ChangeFlags = NewSecretFlags & OldSecretFlags;

export const change: Leaf = {
  define(command, deps: StoreSecretDeps) {
    addNewSecretOptions(command, 'new client secret');
    addOldSecretOptions(command, 'current client secret', 'TPKS_CLIENT_SECRET')
      .description(
        'Change the secret of the client that the current token belongs to. All tokens of the client ' +
          'become invalid immediately. Requires the scope clients.secret.',
      )
      .addHelpText('after', '\nExample:\n  $ tpks uaa secret change --generate-secret')
      .action((flags: ChangeFlags) => changeSecret(flags, deps));
  },
};

async function changeSecret(flags: ChangeFlags, deps: StoreSecretDeps): Promise<void> {
  const { clientId: id, identity, grant, api, uaa } = await deps.uaaContext();
  if (grant !== 'client_credentials') throw userTokenError(identity);
  await storeSecret(
    {
      id,
      action: 'set',
      readOldSecret: () => readOldSecret({ name: id, api, uaa }, flags, deps),
      consequence: 'the secret was not changed',
      successMessage: 'client secret successfully changed',
    },
    flags,
    deps,
  );
}

function userTokenError(identity: string): TpksError {
  return new TpksError(
    'usage',
    `The current token belongs to the user ${identity}, not to a client`,
    {
      hint:
        'get a token for the client: tpks uaa token client get CLIENT\n' +
        'or set the secret as an administrator: tpks uaa secret set CLIENT',
    },
  );
}

export const add: Leaf = {
  define(command, deps: StoreSecretDeps) {
    addNewSecretOptions(command.addArgument(clientIdArgument()), 'second client secret');
    addOldSecretOptions(command, 'current client secret; not needed with the scope clients.admin')
      .description(
        'Add a second secret to a client. Both secrets are valid until the older one is deleted, so a ' +
          'new secret can be distributed without downtime. Existing tokens stay valid. Requires the ' +
          "scope clients.admin, or clients.secret with the client's own token and current secret.",
      )
      .addHelpText('after', '\nExample:\n  $ tpks uaa secret add ci-reader --generate-secret')
      .action(async (argument: string | undefined, flags: NewSecretFlags & OldSecretFlags) => {
        const id = await readClientId(argument, deps);
        const readOldSecret = () => readOptionalOldSecret(flags, deps);
        await storeSecret(
          {
            id,
            action: 'add',
            readOldSecret,
            consequence: 'no secret was added',
            successMessage: 'client secret successfully added',
          },
          flags,
          deps,
        );
      });
  },
};

type DeleteDeps = DeletionDeps & Pick<Services, 'secrets' | 'uaaResource'>;

export const remove: Leaf = {
  define(command, deps: DeleteDeps) {
    addDeletionOptions(
      addOldSecretOptions(
        command.addArgument(clientIdArgument()),
        'current client secret; not needed with the scope clients.admin',
      ),
    )
      .description(
        "Delete the older of a client's two secrets, and revoke the tokens that were issued before the " +
          'second one was added. The newer secret stays valid. Asks for confirmation on a terminal. ' +
          'Requires the scope clients.admin, or clients.secret with the token and the current secret of ' +
          'the client.',
      )
      .addHelpText('after', '\nExample:\n  $ tpks uaa secret delete ci-reader')
      .action(async (argument: string | undefined, flags: DeleteFlags) => {
        const id = await readClientId(argument, deps);
        await runAndShowDryRun(() => deleteOlderSecret({ id, ...flags }, command, deps), deps);
      });
  },
};

type DeleteFlags = OldSecretFlags & DeletionFlags;
type Input = DeleteFlags & { readonly id: string };

async function deleteOlderSecret(
  { id, ...flags }: Input,
  command: Command,
  deps: DeleteDeps,
): Promise<void> {
  const secrets = await deps.uaaResource(createClientSecrets, flags);
  const oldSecret = await readOptionalOldSecret(flags, deps);
  const action = `delete the older secret of client ${id}`;
  if (!(await confirmDeletion({ action, command }, flags, deps))) return;
  const result = await secrets.removeOlder(id, oldSecret);
  await deps.terminal.show({ json: result, text: ['older client secret successfully deleted'] });
}
