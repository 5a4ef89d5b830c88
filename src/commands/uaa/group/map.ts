import { Option, type Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { GroupKey } from '../../../uaa/groups.js';
import { withUaaNames } from '../../name-completion.js';
import { readName } from '../inputs.js';
import { defaultOrigin } from './group-name.js';
import { createMappings } from '../../../uaa/mappings.js';

type Deps = Pick<Services, 'terminal' | 'uaaResource'>;

interface Flags {
  readonly name?: string;
  readonly id?: string;
  readonly origin: string;
  readonly force?: true;
}

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Map a group of an identity provider to a group of the UAA; its members join the UAA group at ' +
        'their next login. The UAA stores names of external groups in lower case. Requires the scope ' +
        'scim.write.',
    )
    .argument('[external]', 'external group, e.g. an LDAP DN')
    .addOption(withUaaNames(new Option('--name <name>', 'UAA group, by name'), 'groups'))
    .option('--id <id>', 'UAA group, by id')
    .option('--origin <origin>', 'identity provider of the external group', defaultOrigin)
    .option('--force', 'map the group even if its name makes unmapping impossible')
    .addHelpText(
      'after',
      '\nExample:\n  $ tpks uaa group map --name pks.clusters.manage cn=dev,ou=groups,dc=example',
    )
    .action((external: string | undefined, flags: Flags) => mapGroup({ external, ...flags }, deps));
}

interface Input extends Flags {
  readonly external?: string | undefined;
}

export async function mapGroup(input: Input, deps: Deps): Promise<void> {
  const { terminal } = deps;
  const { external, origin, force = false } = input;
  const group = toGroupKey(input);
  const prompt = {
    message: 'External group: ',
    hint: 'pass the external group as the argument',
  };
  const externalGroup = await readName(external, prompt, terminal);
  const mappings = await deps.uaaResource(createMappings);
  const mapping = await mappings.map({ group, externalGroup, origin }, { allowPermanent: force });
  await terminal.show({
    json: mapping,
    text: [
      `Successfully mapped ${mapping.displayName} to ${mapping.externalGroup} ` +
        `for origin ${mapping.origin}`,
    ],
  });
}

function toGroupKey({ name, id }: Input): GroupKey {
  if (name !== undefined && id === undefined) return { name };
  if (id !== undefined && name === undefined) return { id };
  const hasBoth = name !== undefined;
  throw new TpksError(
    'usage',
    hasBoth ? '--name cannot be used with --id' : 'Please provide a group name or id',
    {
      hint: 'use either --name or --id for the UAA group',
    },
  );
}
