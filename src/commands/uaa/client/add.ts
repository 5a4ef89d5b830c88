import { Option, type Command } from 'commander';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import type { ClientAttributes } from '../../../uaa/clients.js';
import { withUaaNames } from '../../name-completion.js';
import { parseWordList } from '../../word-list.js';
import { ifMissingOption, findExisting, addIfMissing, type IfMissingFlags } from '../if-exists.js';
import { outputOption } from '../../resource/output-option.js';
import { showObject } from '../show-object.js';
import { addAttributeOptions, toAttributes, type AttributeFlags } from './attribute-options.js';
import { readClientId } from './client-id.js';
import { copyAttributes } from './copy-attributes.js';
import { warnOfLostEntries } from './lost-entries.js';
import {
  addNewSecretOptions,
  isSecretGiven,
  readNewSecret,
  withGeneratedSecret,
  type NewSecretDeps,
  type NewSecretFlags,
} from './new-secret.js';
import { promptForAttributes, submitWithCorrections } from './wizard.js';
import { createClients } from '../../../uaa/clients.js';

type Deps = NewSecretDeps & Pick<Services, 'uaaResource'>;

interface Flags extends NewSecretFlags, IfMissingFlags {
  readonly clone?: string;
  readonly interactive?: true;
}

export function define(command: Command, deps: Deps): void {
  addAttributeOptions(
    addNewSecretOptions(command.argument('[id]', 'id of the new client'), 'client secret'),
  )
    .description(
      'Create a client, i.e. a program that can request tokens. Prompts for missing values. A client ' +
        'with the implicit grant has no secret. Requires the scope clients.write.',
    )
    .addOption(
      withUaaNames(
        new Option('--clone <id>', 'copy the attributes of this client, except for its secret'),
        'clients',
      ),
    )
    .option('-i, --interactive', 'prompt for every attribute')
    .addOption(ifMissingOption())
    .addOption(outputOption('json', 'yaml', 'name'))
    .addHelpText(
      'after',
      '\nExample:\n  $ tpks uaa client add ci-reader --authorized_grant_types client_credentials \\\n' +
        '      --authorities pks.clusters.admin.read --generate-secret',
    )
    .action((id: string | undefined, flags: Flags & AttributeFlags) =>
      addClient({ id, attributes: toAttributes(flags), ...flags }, deps),
    );
}

interface Input extends Flags {
  readonly id?: string | undefined;
  /** Attributes from options. `null` for an attribute that is not copied from the cloned client. */
  readonly attributes: ClientAttributes;
}

export async function addClient(input: Input, deps: Deps): Promise<void> {
  const id = await readClientId(input.id, deps);
  const clients = await deps.uaaResource(createClients);
  const existing = await findExisting(`client ${id}`, () => clients.get(id), input, deps);
  if (existing !== undefined) return showObject(existing, deps, 'client_id');

  const defaults =
    input.clone === undefined ? {} : copyAttributes(await clients.get(input.clone), { newId: id });
  const answers =
    input.interactive === true ? await promptForAttributes(input.attributes, defaults, deps) : {};
  const attributes = withoutNulls({ name: id, ...defaults, ...input.attributes, ...answers });
  const grants = attributes['authorized_grant_types'] ?? (await promptForGrantTypes(deps));
  const secret = await readSecret(grants, input, deps);

  const create = async (values: ClientAttributes) => {
    const created = await addIfMissing(
      `client ${id}`,
      () => clients.add({ id, secret, attributes: withoutNulls(values) }),
      input,
      deps,
    );
    if (created !== undefined) warnOfLostEntries(withoutNulls(values), created, deps);
    return created;
  };
  const newAttributes = { ...attributes, authorized_grant_types: grants };
  const client =
    input.interactive === true
      ? await submitWithCorrections({ current: {}, values: newAttributes }, create, deps)
      : await create(newAttributes);
  if (client === undefined) return showObject(await clients.get(id), deps, 'client_id');
  const result = withGeneratedSecret(client, secret, input, deps);
  // `-o name` must not hide a generated secret.
  await showObject(result, deps, result === client ? 'client_id' : undefined);
}

function withoutNulls(attributes: ClientAttributes): ClientAttributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));
}

async function promptForGrantTypes({
  terminal,
}: Pick<Deps, 'terminal'>): Promise<readonly string[]> {
  const prompt = 'authorized_grant_types (list): ';
  for (;;) {
    const grants = parseWordList(
      await terminal.prompt({ message: prompt, hint: 'use --authorized_grant_types' }),
    );
    if (grants.length > 0) return grants;
    terminal.note('Enter at least one grant type, e.g. client_credentials');
  }
}

/** Reads the secret. @returns `undefined` for the implicit grant, whose clients must not have a secret. */
async function readSecret(grants: unknown, input: Input, deps: Deps): Promise<Secret | undefined> {
  const isImplicit = Array.isArray(grants) && grants.includes('implicit');
  if (isImplicit && !isSecretGiven(input, deps.env)) return undefined;
  return readNewSecret(input, 'no client was created', deps);
}
