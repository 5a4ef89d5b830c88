import { type Command, Option } from 'commander';
import {
  createClientCredentials,
  type JwtTrust,
} from '../../../api/uaa/client-secrets-and-keys.js';
import type { Services } from '../../../app/services.js';
import { TpksError } from '../../../base/errors.js';
import { isObject } from '../../../base/json-value.js';
import { quoteForShell } from '../../../base/shell-quote.js';
import { requireKeyId } from '../../../domain/auth/client-key.js';
import { readKeyFile } from '../../../domain/auth/credentials.js';
import { parseJsonOption } from '../../../platform/input/input-file.js';
import {
  choose,
  list,
  nonBlankText,
  notAllowed,
  object,
  validate,
} from '../../../platform/input/schema.js';
import type { CommandHelp, Leaf } from '../../command-table.js';
import { withInputFile } from '../../stdin-inputs.js';
import { deleteObjectCommand } from '../deletions.js';
import { dashedOption } from '../options.js';
import { clientIdArgument, readClientId } from './clients.js';
import { keyTypeOption, type NewKeyFlags, newKeyOption, registerNewKey } from './keys.js';

function addTrustOptions(command: Command): Command {
  return command
    .addArgument(clientIdArgument())
    .option('--jwks_uri <url>', 'URL of the public keys')
    .addOption(dashedOption('--jwks-uri <url>', 'jwks_uri'))
    .addOption(new Option('--jwks <json>', 'public key or key set, as JSON').conflicts('jwks_uri'))
    .option('--issuer <iss>', 'issuer of the JWTs; requires --subject')
    .option('--subject <sub>', 'subject of the JWTs; requires --issuer')
    .option('--audience <aud>', 'audience of the JWTs');
}

/** @throws {TpksError} `usage` for a missing or invalid key, or for only part of an issuer. */
function validateTrust({ jwks_uri, jwks, issuer, subject, audience }: JwtTrust): void {
  const hasIssuer = issuer !== undefined && subject !== undefined;
  const isIncomplete = [issuer, subject, audience].some((part) => part !== undefined) && !hasIssuer;
  if (isIncomplete || (!hasIssuer && jwks_uri === undefined && jwks === undefined)) {
    const message = isIncomplete
      ? '--issuer and --subject must be used together'
      : 'Missing key or issuer';
    throw new TpksError('usage', message, {
      hint: 'use --jwks_uri, or --jwks, or --issuer and --subject together',
    });
  }
  if (jwks !== undefined) validateKeys(jwks);
}

/** Only a private key has `d`, and only a symmetric one has `k`. */
const notPublic = notAllowed('belongs to a secret key: pass only the public key');

const key = object({ kty: nonBlankText, d: notPublic, k: notPublic });

const keySet = object({ keys: list(key) });

/**
 * Validates a key or a set of keys, which is then sent unchanged.
 * @throws {TpksError} `usage` with all problems.
 * @see RFC 7517, sections 4 and 5
 */
function validateKeys(text: string): void {
  const schema = choose((value) =>
    isObject(value) && Object.hasOwn(value, 'keys') ? keySet : key,
  );
  validate(parseJsonOption('--jwks', text), schema, 'the keys');
}

/** The same text as in `uaac`. */
const addedMessage = 'client jwt successfully added';

interface Change extends CommandHelp {
  readonly mode: 'ADD' | 'UPDATE';
  /** The same text as in `uaac`. */
  readonly successMessage: string;
}

export const addJwt = changeCommand({
  mode: 'ADD',
  description:
    'Let a client authenticate with JWTs signed by a key or issuer, in addition to its secret. ' +
    'The UAA does not show registered keys. Requires the scope clients.admin and UAA 76.23 or later.',
  examples: {
    'generate a key for a client': 'tpks uaa client jwt add ci-reader --generate-key ci-reader.jwk',
    'trust the keys at a URL':
      'tpks uaa client jwt add ci-reader --jwks_uri https://ci.example.com/keys',
  },
  successMessage: addedMessage,
});

interface RotateFlags extends NewKeyFlags {
  readonly keyFile: string;
  readonly generateKey: string;
}

export const rotateJwt: Leaf = {
  description:
    'Add a second key to a client, and print the command that deletes the current key. Run that ' +
    'command once the client uses the new key. Requires the scope clients.admin and UAA 76.23 or later.',
  examples: {
    'replace a key without downtime':
      'tpks uaa client jwt rotate ci-reader --key-file ci-reader.jwk \\\n' +
      '      --generate-key ci-reader-2.jwk',
  },
  define(command, deps) {
    command
      .addArgument(clientIdArgument())
      .addOption(
        withInputFile(
          new Option(
            '--key-file <path>',
            'JWK file that contains the current key; - for stdin',
          ).makeOptionMandatory(),
        ),
      )
      .addOption(newKeyOption().makeOptionMandatory())
      .addOption(keyTypeOption())
      .action(async (argument: string | undefined, flags: RotateFlags) => {
        const { terminal } = deps;
        const { keyFile, generateKey } = flags;
        const oldKeyId = requireKeyId(await readKeyFile(keyFile, '--key-file', terminal.readStdin));
        const id = await readClientId(argument, deps);
        const result = await addNewKey(id, generateKey, flags, deps);
        const deletion = `tpks uaa client jwt delete ${quoteForShell(id)} --kid ${quoteForShell(oldKeyId)}`;
        await terminal.show({
          json: { ...result, oldKid: oldKeyId },
          text: [addedMessage, `When the client uses ${generateKey}, run: ${deletion}`],
        });
      });
  },
};

export const updateJwt = changeCommand({
  mode: 'UPDATE',
  description:
    'Replace the key or issuer that the UAA trusts for JWTs from a client. Requires the scope ' +
    'clients.admin and UAA 76.23 or later.',
  examples: {
    'trust only the keys at another URL':
      'tpks uaa client jwt update ci-reader --jwks_uri https://ci.example.com/keys',
  },
  successMessage: 'client jwt successfully set',
});

export const removeJwt = deleteObjectCommand({
  description:
    'Stop trusting a key or issuer for JWTs from a client. Without options, remove all keys. ' +
    'Asks for confirmation on a terminal. Requires the scope clients.admin and UAA 76.23 or later.',
  examples: { 'stop trusting a key': 'tpks uaa client jwt delete ci-reader --kid key-1' },
  key: {
    add: (command) => addTrustOptions(command).option('--kid <id>', 'id of the key to remove'),
    read: async ([id], flags: JwtTrust, deps) => {
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
  const { kid, issuer } = trust;
  if (kid !== undefined) return `the trusted key ${kid}`;
  return issuer === undefined ? 'the given trusted keys' : `the trusted issuer ${issuer}`;
}

function changeCommand({ mode, description, examples, successMessage }: Change): Leaf {
  return {
    description,
    examples,
    define(command, deps) {
      const { terminal, uaaResource } = deps;
      if (mode === 'ADD') {
        const others = ['jwks_uri', 'jwks', 'issuer', 'subject', 'audience'];
        command.addOption(newKeyOption().conflicts(others)).addOption(keyTypeOption());
      }
      addTrustOptions(command).action(
        async (argument: string | undefined, flags: JwtTrust & NewKeyFlags) => {
          const { generateKey } = flags;
          if (generateKey === undefined) validateTrust(flags);
          const id = await readClientId(argument, { terminal });
          const result =
            generateKey === undefined
              ? await uaaResource(createClientCredentials).changeJwtTrust(id, mode, flags)
              : await addNewKey(id, generateKey, flags, deps);
          await terminal.show({ json: result, text: [successMessage] });
        },
      );
    },
  };
}

/** @returns the response, with the id and the file of the key, because the UAA does not show keys. */
async function addNewKey(
  id: string,
  file: string,
  flags: NewKeyFlags,
  { uaaResource, terminal }: Pick<Services, 'uaaResource' | 'terminal'>,
) {
  const credentials = uaaResource(createClientCredentials);
  return registerNewKey(file, flags, async ({ keyId, jwks }) => {
    const result = await credentials.changeJwtTrust(id, 'ADD', { jwks });
    terminal.note(`The key ${keyId} is in ${file}`);
    return { ...result, kid: keyId, keyFile: file };
  });
}

/** The UAA interprets `*` as all keys. */
const allKeys: JwtTrust = { jwks_uri: '*' };

function toTrustToRemove(flags: JwtTrust): JwtTrust {
  const { kid, jwks_uri, jwks, issuer, subject, audience } = flags;
  const others = [jwks_uri, jwks, issuer, subject, audience];
  if (others.every((value) => value === undefined)) return kid === undefined ? allKeys : { kid };
  validateTrust(flags);
  return flags;
}
