import { Option, type Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import { attributeNames, hasValue } from '../../../uaa/client-attributes.js';
import type { Client, ClientAttributes } from '../../../uaa/clients.js';
import { parseWordList } from '../../word-list.js';
import { outputOption } from '../../resource/output-option.js';
import { showObject } from '../show-object.js';
import { addAttributeOptions, toAttributes, type AttributeFlags } from './attribute-options.js';
import { clientIdArgument, readClientId } from './client-id.js';
import { warnOfLostEntries } from './lost-entries.js';
import { promptForAttributes, submitWithCorrections } from './wizard.js';
import { createClients } from '../../../uaa/clients.js';

type Deps = Pick<Services, 'terminal' | 'uaaResource'>;

interface Flags {
  readonly del_attrs?: readonly string[];
  readonly interactive?: true;
}

export function define(command: Command, deps: Deps): void {
  const delAttrs = new Option('--del-attrs <list>').argParser(parseWordList).hideHelp();
  delAttrs.attributeName = () => 'del_attrs';
  addAttributeOptions(command.addArgument(clientIdArgument()))
    .description(
      'Update the given attributes of a client; the others stay unchanged. A list replaces the current ' +
        'list. To change the secret, use `tpks uaa secret`. Requires the scope clients.write, or ' +
        'clients.admin to remove attributes.',
    )
    .option(
      '--del_attrs <list>',
      'remove these attributes, e.g. redirect_uri,signup_redirect_url',
      parseWordList,
    )
    .addOption(delAttrs)
    .option('-i, --interactive', 'prompt for every attribute, showing its current value')
    .addOption(outputOption('json', 'yaml', 'name'))
    .addHelpText(
      'after',
      '\nExample:\n  $ tpks uaa client update pks_cli --access_token_validity 1200',
    )
    .action((id: string | undefined, flags: Flags & AttributeFlags) =>
      updateClient({ id, attributes: toAttributes(flags), ...flags }, deps),
    );
}

interface Input extends Flags {
  readonly id?: string | undefined;
  /** `null` to remove an attribute. */
  readonly attributes: ClientAttributes;
}

export async function updateClient(input: Input, deps: Deps): Promise<void> {
  const { terminal } = deps;
  const { attributes, del_attrs: namesToRemove = [], interactive } = input;
  if (Object.keys(attributes).length + namesToRemove.length === 0 && interactive !== true)
    throw nothingToUpdateError();
  const conflict = namesToRemove.find((name) => Object.hasOwn(attributes, name));
  if (conflict !== undefined) throw setAndRemovedError(conflict);

  const id = await readClientId(input.id, deps);
  const clients = await deps.uaaResource(createClients);
  const before = await clients.get(id);
  const requestedChanges = { ...attributes, ...toRemovals(namesToRemove, before) };
  const allChanges =
    interactive === true
      ? { ...requestedChanges, ...(await promptForAttributes(requestedChanges, before, deps)) }
      : requestedChanges;
  const update = async (values: ClientAttributes): Promise<Client> => {
    const changes = Object.fromEntries(
      Object.entries(values).filter(([name, value]) => !hasValue(before, name, value)),
    );
    if (Object.keys(changes).length === 0) {
      terminal.note(`No changes: the client ${id} already has these values`);
      return before;
    }
    const updated = await clients.update(id, changes);
    warnOfLostEntries(changes, updated, deps);
    return updated;
  };
  const client =
    interactive === true
      ? await submitWithCorrections({ current: before, values: allChanges }, update, deps)
      : await update(allChanges);
  await showObject(client, deps, 'client_id');
}

function nothingToUpdateError(): TpksError {
  return new TpksError('usage', 'Nothing to update. Use -i for interactive update.', {
    hint: 'or use an option such as --authorities, --redirect_uri or --del_attrs',
  });
}

function setAndRemovedError(name: string): TpksError {
  return new TpksError('usage', `${name} cannot be both set and removed`, {
    hint: `use either --${name} or --del_attrs`,
  });
}

const required = ['client_id', 'authorized_grant_types', 'resource_ids', 'lastModified'];

/**
 * Converts attribute names to changes that remove those attributes.
 * @throws {TpksError} `usage` for required and for unknown attributes.
 */
function toRemovals(names: readonly string[], client: Client): ClientAttributes {
  for (const name of names) {
    const isKnown = attributeNames.some((attribute) => attribute === name);
    if (required.includes(name)) throw cannotRemoveError(name, 'it is required');
    if (name === 'client_secret')
      throw cannotRemoveError(name, 'it can only be changed, with tpks uaa secret');
    if (!isKnown && !Object.hasOwn(client, name)) {
      throw cannotRemoveError(name, `client ${client.client_id} has no such attribute`);
    }
  }
  return Object.fromEntries(names.map((name) => [name, null]));
}

function cannotRemoveError(name: string, reason: string): TpksError {
  return new TpksError('usage', `${name} cannot be removed: ${reason}`, {
    hint: `--del_attrs accepts ${attributeNames
      .filter((attribute) => !required.includes(attribute))
      .join(', ')}`,
  });
}
