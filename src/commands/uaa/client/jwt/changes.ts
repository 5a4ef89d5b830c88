import type { Command } from 'commander';
import type { Services } from '../../../../services.js';
import type { Leaf } from '../../../contents.js';
import { formatExamples } from '../../../resource/list-command.js';
import type { JwtTrust } from '../../../../uaa/client-jwts.js';
import { runAndShowDryRun } from '../../../dry-run.js';
import {
  addDeletionOptions,
  confirmDeletion,
  type DeletionDeps,
  type DeletionFlags,
} from '../../confirm-deletion.js';
import { readClientId } from '../client-id.js';
import { addTrustOptions, toTrust, type TrustFlags } from './trust-options.js';
import { createClientJwts } from '../../../../uaa/client-jwts.js';

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
