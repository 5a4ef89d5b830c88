import type { Command } from 'commander';
import { createClientCredentials } from '../../../api/uaa/client-secrets-and-keys.js';
import type { Services } from '../../../app/services.js';
import { TpksError } from '../../../base/errors.js';
import type { Secret } from '../../../base/secret.js';
import type { Recipient } from '../../../domain/contexts/identity.js';
import type { CommandHelp, Leaf } from '../../command-table.js';
import { deleteObjectCommand } from '../deletions.js';
import {
  addCurrentSecretOptions,
  addNewSecretOptions,
  type NewSecretFlags,
  readNewSecret,
  secretFileOption,
  withGeneratedSecret,
} from '../new-secret.js';
import { clientIdArgument, readClientId } from './clients.js';

interface OldSecretFlags {
  readonly old_secret?: string;
  readonly oldSecretFile?: string;
}

/** @param variable - environment variable that is also read, for the help. */
function addOldSecretOptions(command: Command, help: string, variable?: string): Command {
  const file = secretFileOption('--old-secret-file', 'current client secret', variable);
  return addCurrentSecretOptions(command, 'secret', { help, file });
}

/**
 * Reads the current secret: from a flag, then `TPKS_CLIENT_SECRET`, then a prompt.
 * @param recipient - the client and UAA that the secret is for; the variable is used only if it is
 *   meant for them. `undefined` ignores the variable.
 */
async function readOldSecret(
  recipient: Recipient | undefined,
  { old_secret: value, oldSecretFile: file }: OldSecretFlags,
  { secrets }: Pick<Services, 'secrets'>,
): Promise<Secret> {
  return secrets.find({
    value,
    valueFlag: '--old_secret',
    file,
    fileFlag: '--old-secret-file',
    ...(recipient && { variable: 'TPKS_CLIENT_SECRET', recipient }),
    prompt: 'Current client secret: ',
  });
}

/** Reads the current secret only from a flag: with the scope clients.admin, the UAA does not require it. */
async function readClientAndSecret(
  argument: string | undefined,
  flags: OldSecretFlags,
  deps: Pick<Services, 'secrets' | 'terminal'>,
) {
  const id = await readClientId(argument, deps);
  const isGiven = flags.old_secret !== undefined || flags.oldSecretFile !== undefined;
  return { id, oldSecret: isGiven ? await readOldSecret(undefined, flags, deps) : undefined };
}

const notForAdmins = 'current client secret; not needed with the scope clients.admin';

interface SecretCommand extends CommandHelp {
  readonly action: 'set' | 'add';
  readonly declare: (command: Command) => Command;
  /** Finds the client, and its current secret if the UAA requires it. */
  readonly find: (
    argument: string | undefined,
    flags: OldSecretFlags,
    deps: Services,
  ) => Promise<{ readonly id: string; readonly oldSecret?: Secret | undefined }>;
  /** The end of error messages, e.g. `no secret was set`. */
  readonly consequence: string;
  /** The same text as in `uaac`. */
  readonly successMessage: string;
}

/** Defines a command that reads a new secret, stores it at the UAA, and prints it if it was generated. */
function secretCommand(spec: SecretCommand): Leaf {
  const { action, successMessage } = spec;
  return {
    description: spec.description,
    examples: spec.examples,
    define(command, deps) {
      const storeSecret = async (flags: NewSecretFlags & OldSecretFlags): Promise<void> => {
        // Report a missing session before any prompt.
        await deps.uaaContext();
        const secrets = deps.uaaResource(createClientCredentials);
        const { id, oldSecret } = await spec.find(command.args[0], flags, deps);
        const secret = await readNewSecret(flags, spec.consequence, deps);
        const result = await secrets[action](id, secret, oldSecret);
        const isGenerated = flags.generateSecret === true;
        await deps.terminal.show({
          json: withGeneratedSecret(result, secret, flags, deps),
          text: [successMessage, ...(isGenerated ? [`client_secret: ${secret.reveal()}`] : [])],
        });
        if (action === 'set') await noteInvalidToken(id, deps);
      };
      spec.declare(command).action(() => storeSecret(command.opts()));
    },
  };
}

/** Setting the secret of a client invalidates all its tokens, perhaps also the current one. */
async function noteInvalidToken(id: string, { uaaContext, terminal }: Services): Promise<void> {
  const { clientId, grant } = await uaaContext();
  if (clientId !== id || grant !== 'client_credentials') return;
  terminal.note(
    `The token of ${id} is no longer valid; get a new one: tpks uaa token client get ${id}`,
  );
}

export const setSecret = secretCommand({
  action: 'set',
  description:
    'Set the secret of a client without providing the current one. All tokens of the client, ' +
    'including tokens that users obtained with it, become invalid immediately. To distribute the new secret ' +
    'first, use `tpks uaa secret add` instead. Requires the scope clients.admin.',
  examples: {
    'replace the secret with a random one, and print it once':
      'tpks uaa secret set ci-reader --generate-secret',
  },
  declare: (command) =>
    addNewSecretOptions(command.addArgument(clientIdArgument()), 'new client secret'),
  find: async (argument, _flags, deps) => ({ id: await readClientId(argument, deps) }),
  consequence: 'no secret was set',
  successMessage: 'client secret successfully set',
});

export const changeSecret = secretCommand({
  action: 'set',
  description:
    'Change the secret of the client that the current token belongs to. All tokens of the client ' +
    'become invalid immediately. Requires the scope clients.secret.',
  examples: {
    'replace the secret of the current client with a random one':
      'tpks uaa secret change --generate-secret',
  },
  declare: (command) =>
    addOldSecretOptions(
      addNewSecretOptions(command, 'new client secret'),
      'current client secret',
      'TPKS_CLIENT_SECRET',
    ),
  find: async (_argument, flags, deps) => {
    const { clientId: id, identity, grant, api, uaa } = await deps.uaaContext();
    if (grant === 'client_credentials') {
      return { id, oldSecret: await readOldSecret({ name: id, api, uaa }, flags, deps) };
    }
    const message = `The current token belongs to the user ${identity}, not to a client`;
    throw new TpksError('usage', message, {
      hint:
        'get a token for the client: tpks uaa token client get CLIENT\n' +
        'or set the secret as an administrator: tpks uaa secret set CLIENT',
    });
  },
  consequence: 'the secret was not changed',
  successMessage: 'client secret successfully changed',
});

export const addSecret = secretCommand({
  action: 'add',
  description:
    'Add a second secret to a client. Both secrets are valid until the older one is deleted, so a ' +
    'new secret can be distributed without downtime. Existing tokens stay valid. Requires the ' +
    "scope clients.admin, or clients.secret with the client's own token and current secret.",
  examples: {
    'add a random second secret, and print it once':
      'tpks uaa secret add ci-reader --generate-secret',
  },
  declare: (command) =>
    addOldSecretOptions(
      addNewSecretOptions(command.addArgument(clientIdArgument()), 'second client secret'),
      notForAdmins,
    ),
  find: readClientAndSecret,
  consequence: 'no secret was added',
  successMessage: 'client secret successfully added',
});

export const removeSecret = deleteObjectCommand({
  description:
    "Delete the older of a client's two secrets, and revoke the tokens that were issued before the " +
    'second one was added. The newer secret stays valid. Asks for confirmation on a terminal. ' +
    'Requires the scope clients.admin, or clients.secret with the token and the current secret of ' +
    'the client.',
  examples: { 'delete the older secret of a client': 'tpks uaa secret delete ci-reader' },
  key: {
    add: (command) => addOldSecretOptions(command.addArgument(clientIdArgument()), notForAdmins),
    read: ([argument], flags: OldSecretFlags, deps) => readClientAndSecret(argument, flags, deps),
  },
  resource: createClientCredentials,
  action: ({ id }) => `delete the older secret of client ${id}`,
  remove: (secrets, { id, oldSecret }) => secrets.removeOlder(id, oldSecret),
  canBeMissing: false,
  successMessage: 'older client secret successfully deleted',
});
