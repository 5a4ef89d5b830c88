import { type Command, Option } from 'commander';
import { TpksError } from '../../../errors.js';
import { parseJsonOption } from '../../../input/input-file.js';
import { choose, list, nonBlankText, object } from '../../../input/schema.js';
import { validate } from '../../../input/validate.js';
import { isObject } from '../../../json-value.js';
import type { Services } from '../../../services.js';
import { createClientJwts, type JwtTrust } from '../../../uaa/client-secrets.js';
import type { Leaf } from '../../contents.js';
import { runAndShowDryRun } from '../../dry-run.js';
import { formatExamples } from '../../resource/list-command.js';
import {
  addDeletionOptions,
  confirmDeletion,
  type DeletionDeps,
  type DeletionFlags,
} from '../deletions.js';
import { clientIdArgument, readClientId } from './clients.js';

/** The keys or issuer to trust. `--jwks-uri` is accepted as another spelling of `--jwks_uri` of `uaac`. */
export interface TrustFlags {
  readonly jwks_uri?: string;
  readonly jwks?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string;
  readonly kid?: string;
}

export function addTrustOptions(command: Command): Command {
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
export async function toTrust(flags: TrustFlags): Promise<JwtTrust> {
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
  if (jwks !== undefined) await (await import('./jwt.js')).validateKeys(jwks);
  return { jwksUri, jwks, issuer, subject, audience, keyId };
}

const key = object({ kty: nonBlankText });
const keySet = object({ keys: list(key) });

/**
 * Validates the value of `--jwks`, one key or a set of keys, which is then sent unchanged.
 * @throws {TpksError} `usage` with all problems.
 * @see RFC 7517, sections 4 and 5
 */
export async function validateKeys(text: string): Promise<void> {
  const schema = choose((value) =>
    isObject(value) && Object.hasOwn(value, 'keys') ? keySet : key,
  );
  validate(await parseJsonOption('--jwks', text), schema, 'the keys');
}

/** A command that changes which JWTs a client can authenticate with. */
interface Change {
  readonly mode: 'ADD' | 'UPDATE';
  readonly description: string;
  readonly example: string;
  /** The message of `uaac`. */
  readonly successMessage: string;
}

export const add = changeCommand({
  mode: 'ADD',
  description:
    'Let a client authenticate with JWTs signed by a key or issuer, in addition to its secret. ' +
    'Requires the scope clients.trust and UAA 76.22 or later.',
  example: 'uaa client jwt add ci-reader --jwks_uri https://ci.example.com/keys',
  successMessage: 'client jwt successfully added',
});

export const update = changeCommand({
  mode: 'UPDATE',
  description:
    'Replace the key or issuer whose JWTs a client can authenticate with. Requires the scope ' +
    'clients.trust and UAA 76.22 or later.',
  example: 'uaa client jwt update ci-reader --jwks_uri https://ci.example.com/keys',
  successMessage: 'client jwt successfully set',
});

export const remove: Leaf = {
  define(command, deps) {
    addDeletionOptions(addTrustOptions(command).option('--kid <id>', 'id of the key to remove'))
      .description(
        'Stop trusting a key or issuer that signs JWTs of a client. Without options, remove all keys. ' +
          'Asks for confirmation on a terminal. Requires the scope clients.trust and UAA 76.22 or later.',
      )
      .addHelpText('after', formatExamples(['uaa client jwt delete ci-reader --kid key-1']))
      .action(async (argument: string | undefined, flags: TrustFlags & DeletionFlags) => {
        const { dryRun, yes, ...trustFlags } = flags;
        const trust = await toTrustToRemove(trustFlags);
        const id = await readClientId(argument, deps);
        const removal = { id, trust, command };
        await runAndShowDryRun(() => removeTrust(removal, { dryRun, yes }, deps), deps);
      });
  },
};

interface Removal {
  readonly id: string;
  readonly trust: JwtTrust;
  readonly command: Command;
}

async function removeTrust(
  { id, trust, command }: Removal,
  flags: DeletionFlags,
  deps: DeletionDeps & Pick<Services, 'uaaResource'>,
): Promise<void> {
  const jwts = await deps.uaaResource(createClientJwts, flags);
  const action = `remove ${describeTrust(trust)} from client ${id}`;
  if (!(await confirmDeletion({ action, command }, flags, deps))) return;
  const result = await jwts.change(id, 'DELETE', trust);
  await deps.terminal.show({ json: result, text: ['client jwt successfully deleted'] });
}

function describeTrust(trust: JwtTrust): string {
  if (trust === allKeys) return 'all trusted keys';
  const { keyId, issuer } = trust;
  if (keyId !== undefined) return `the trusted key ${keyId}`;
  return issuer === undefined ? 'the given trusted keys' : `the trusted issuer ${issuer}`;
}

function changeCommand({ mode, description, example, successMessage }: Change): Leaf {
  return {
    define(command, { terminal, uaaResource }) {
      addTrustOptions(command).description(description);
      command
        .addHelpText('after', formatExamples([example]))
        .action(async (argument: string | undefined, flags: TrustFlags) => {
          const trust = await toTrust(flags);
          const id = await readClientId(argument, { terminal });
          const result = await (await uaaResource(createClientJwts)).change(id, mode, trust);
          await terminal.show({ json: result, text: [successMessage] });
        });
    },
  };
}

/** The UAA interprets `*` as all keys. */
const allKeys: JwtTrust = { jwksUri: '*' };

async function toTrustToRemove(flags: TrustFlags): Promise<JwtTrust> {
  const { kid, ...others } = flags;
  if (Object.keys(others).length > 0) return toTrust(flags);
  return kid === undefined ? allKeys : { keyId: kid };
}
