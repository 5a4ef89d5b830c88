import { type Command, Option } from 'commander';
import { createClientCredentials, type JwtTrust } from '../../../api/uaa/client-credentials.js';
import type { Services } from '../../../app/services.js';
import { TpksError } from '../../../base/errors.js';
import { isObject } from '../../../base/json-value.js';
import type { Secret } from '../../../base/secret.js';
import type { Recipient } from '../../../domain/contexts/identity.js';
import { parseJsonOption } from '../../../platform/input/input-file.js';
import { choose, list, nonBlankText, object, validate } from '../../../platform/input/schema.js';
import type { Leaf } from '../../contents.js';
import { type CommandHelp, formatExamples } from '../../resource/list-command.js';
import {
  addCurrentSecretOptions,
  addNewSecretOptions,
  type NewSecretFlags,
  readNewSecret,
  secretFileOption,
  withGeneratedSecret,
} from '../new-secret.js';
import { deleteObjectCommand } from '../objects.js';
import { clientIdArgument, readClientId } from './clients.js';

/** Sources of the current secret. */
interface OldSecretFlags {
  readonly old_secret?: string;
  readonly oldSecretFile?: string;
}

/** @param variable - environment variable that is also read, for the help. */
function addOldSecretOptions(command: Command, help: string, variable?: string): Command {
  return addCurrentSecretOptions(
    command,
    new Option('--old_secret <secret>', `${help} (visible to other users of this machine)`),
    secretFileOption('--old-secret-file', 'current client secret', variable),
  );
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

/** Describes a command that sets or adds a secret. */
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
      spec
        .declare(command)
        .description(spec.description)
        .addHelpText('after', formatExamples(spec.examples))
        .action(() => storeSecret(command.opts()));
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
  examples: ['uaa secret set ci-reader --generate-secret'],
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
  examples: ['uaa secret change --generate-secret'],
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
  examples: ['uaa secret add ci-reader --generate-secret'],
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
  examples: ['uaa secret delete ci-reader'],
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

/** The keys or issuer to trust. `--jwks-uri` is accepted as an alternative to `uaac`'s `--jwks_uri`. */
interface TrustFlags {
  readonly jwks_uri?: string;
  readonly jwks?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string;
  readonly kid?: string;
}

function addTrustOptions(command: Command): Command {
  const dashed = new Option('--jwks-uri <url>').hideHelp();
  dashed.attributeName = () => 'jwks_uri';
  return command
    .addArgument(clientIdArgument())
    .option('--jwks_uri <url>', 'URL of the public keys')
    .addOption(dashed)
    .addOption(new Option('--jwks <json>', 'public key or key set, as JSON').conflicts('jwks_uri'))
    .option('--issuer <iss>', 'issuer of the JWTs; requires --subject')
    .option('--subject <sub>', 'subject of the JWTs; requires --issuer')
    .option('--audience <aud>', 'audience of the JWTs');
}

/** Converts flags. @throws {TpksError} `usage` for a missing or invalid key, or for only part of an issuer. */
function toTrust(flags: TrustFlags): JwtTrust {
  const { jwks_uri: jwksUri, jwks, issuer, subject, audience, kid: keyId } = flags;
  const hasIssuer = issuer !== undefined && subject !== undefined;
  const isIncomplete = [issuer, subject, audience].some((part) => part !== undefined) && !hasIssuer;
  if (isIncomplete || (!hasIssuer && jwksUri === undefined && jwks === undefined)) {
    const message = isIncomplete
      ? '--issuer and --subject must be used together'
      : 'Missing key or issuer';
    throw new TpksError('usage', message, {
      hint: 'use --jwks_uri, or --jwks, or --issuer and --subject together',
    });
  }
  if (jwks !== undefined) validateKeys(jwks);
  return { jwksUri, jwks, issuer, subject, audience, keyId };
}

const key = object({ kty: nonBlankText });
const keySet = object({ keys: list(key) });

/**
 * Validates the value of `--jwks`, one key or a set of keys, which is then sent unchanged.
 * @throws {TpksError} `usage` with all problems.
 * @see RFC 7517, sections 4 and 5
 */
function validateKeys(text: string): void {
  const schema = choose((value) =>
    isObject(value) && Object.hasOwn(value, 'keys') ? keySet : key,
  );
  validate(parseJsonOption('--jwks', text), schema, 'the keys');
}

interface Change extends CommandHelp {
  readonly mode: 'ADD' | 'UPDATE';
  /** The same text as in `uaac`. */
  readonly successMessage: string;
}

export const addJwt = changeCommand({
  mode: 'ADD',
  description:
    'Let a client authenticate with JWTs signed by a key or issuer, in addition to its secret. ' +
    'Requires the scope clients.trust and UAA 76.22 or later.',
  examples: ['uaa client jwt add ci-reader --jwks_uri https://ci.example.com/keys'],
  successMessage: 'client jwt successfully added',
});

export const updateJwt = changeCommand({
  mode: 'UPDATE',
  description:
    'Replace the key or issuer whose JWTs a client can authenticate with. Requires the scope ' +
    'clients.trust and UAA 76.22 or later.',
  examples: ['uaa client jwt update ci-reader --jwks_uri https://ci.example.com/keys'],
  successMessage: 'client jwt successfully set',
});

export const removeJwt = deleteObjectCommand({
  description:
    'Stop trusting a key or issuer that signs JWTs of a client. Without options, remove all keys. ' +
    'Asks for confirmation on a terminal. Requires the scope clients.trust and UAA 76.22 or later.',
  examples: ['uaa client jwt delete ci-reader --kid key-1'],
  key: {
    add: (command) => addTrustOptions(command).option('--kid <id>', 'id of the key to remove'),
    read: async ([id], flags: TrustFlags, deps) => {
      const trust = toTrustToRemove(flags);
      return { id: await readClientId(id, deps), trust };
    },
  },
  resource: createClientCredentials,
  action: ({ id, trust }) => `remove ${describeTrust(trust)} from client ${id}`,
  remove: (credentials, { id, trust }) => credentials.changeJwtTrust(id, 'DELETE', trust),
  canBeMissing: false,
  successMessage: 'client jwt successfully deleted',
});

function describeTrust(trust: JwtTrust): string {
  if (trust === allKeys) return 'all trusted keys';
  const { keyId, issuer } = trust;
  if (keyId !== undefined) return `the trusted key ${keyId}`;
  return issuer === undefined ? 'the given trusted keys' : `the trusted issuer ${issuer}`;
}

function changeCommand({ mode, description, examples, successMessage }: Change): Leaf {
  return {
    define(command, { terminal, uaaResource }) {
      addTrustOptions(command)
        .description(description)
        .addHelpText('after', formatExamples(examples))
        .action(async (argument: string | undefined, flags: TrustFlags) => {
          const trust = toTrust(flags);
          const id = await readClientId(argument, { terminal });
          const credentials = uaaResource(createClientCredentials);
          const result = await credentials.changeJwtTrust(id, mode, trust);
          await terminal.show({ json: result, text: [successMessage] });
        });
    },
  };
}

/** The UAA interprets `*` as all keys. */
const allKeys: JwtTrust = { jwksUri: '*' };

function toTrustToRemove(flags: TrustFlags): JwtTrust {
  const { kid, jwks_uri, jwks, issuer, subject, audience } = flags;
  const others = [jwks_uri, jwks, issuer, subject, audience];
  if (others.some((value) => value !== undefined)) return toTrust(flags);
  return kid === undefined ? allKeys : { keyId: kid };
}
