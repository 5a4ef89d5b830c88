import type { Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { GroupKey } from '../../../uaa/groups.js';
import { nameOrAsk } from '../inputs.js';
import { loadMappings } from '../resources.js';
import { defaultOrigin } from './group-name.js';

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
      'Maps a group of an identity provider to a group of the UAA: who is in the one has the scope ' +
        'of the other from the next login on. Names of external groups are kept in lower case.',
    )
    .argument('[external]', 'the external group, e.g. a DN of LDAP')
    .option('--name <name>', 'the group of the UAA, by name')
    .option('--id <id>', 'the group of the UAA, by id')
    .option('--origin <origin>', 'identity provider; see tpks uaa idps', defaultOrigin)
    .option('--force', 'map also a name that could never be unmapped')
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
  const question = { prompt: 'External group: ', insteadUse: 'give it as the argument' };
  const externalGroup = await nameOrAsk(external, question, terminal);
  const mappings = await deps.uaaResource(loadMappings);
  const mapping = await mappings.map({ group, externalGroup, origin }, { forGood: force });
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
  const both = name !== undefined;
  throw new TpksError(
    'usage',
    both ? 'A name and an id are given' : 'Please provide a group name or id',
    {
      hint: 'name the group of the UAA with --name, or with --id',
    },
  );
}
