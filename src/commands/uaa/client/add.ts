import type { Command } from 'commander';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import type { Client, ClientAttributes } from '../../../uaa/clients.js';
import { wordList } from '../../word-list.js';
import { ifMissing, present, unlessThere, type IfMissingFlags } from '../repeatable.js';
import { outputOption } from '../../resource/output-option.js';
import { showObject } from '../show-object.js';
import { addAttributeOptions, toAttributes, type AttributeFlags } from './attribute-options.js';
import { readClientId } from './client-id.js';
import { warnOfLostEntries } from './lost-entries.js';
import {
  addNewSecretOptions,
  isSecretGiven,
  readNewSecret,
  withGeneratedSecret,
  type NewSecretDeps,
  type NewSecretFlags,
} from './new-secret.js';
import { promptForAttributes } from './wizard.js';
import { loadClients } from '../resources.js';

type Deps = NewSecretDeps & Pick<Services, 'uaaResource'>;

interface Flags extends NewSecretFlags, IfMissingFlags {
  readonly clone?: string;
  readonly interactive?: true;
}

export function define(command: Command, deps: Deps): void {
  addAttributeOptions(
    addNewSecretOptions(command.argument('[id]', 'id of the client'), 'its secret'),
  )
    .description(
      'Create a client, which is a program that can request tokens. Asks for missing values. A client ' +
        'of the implicit grant has no secret.',
    )
    .option('--clone <id>', 'copy the attributes of this client that are not given; not its secret')
    .option('-i, --interactive', 'ask for every attribute')
    .addOption(ifMissing())
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
  /** `null` for an attribute that is not copied from the other client. */
  readonly attributes: ClientAttributes;
}

export async function addClient(input: Input, deps: Deps): Promise<void> {
  const id = await readClientId(input.id, deps);
  const clients = await deps.uaaResource(loadClients);
  const existing = await present(`client ${id}`, () => clients.get(id), input, deps);
  if (existing !== undefined) return showObject(existing, deps, 'client_id');

  const model =
    input.clone === undefined ? {} : copyAttributes(await clients.get(input.clone), { as: id });
  const answers =
    input.interactive === true ? await promptForAttributes(input.attributes, model, deps) : {};
  const attributes = withoutNulls({ name: id, ...model, ...input.attributes, ...answers });
  const grants = attributes['authorized_grant_types'] ?? (await promptForGrantTypes(deps));
  const wanted = { ...attributes, authorized_grant_types: grants };
  const secret = await readSecret(grants, input, deps);

  const make = (): Promise<Client> => clients.add({ id, secret, attributes: wanted });
  const added = await unlessThere(`client ${id}`, make, input, deps);
  if (added === undefined) return showObject(await clients.get(id), deps, 'client_id');
  warnOfLostEntries(wanted, added, deps);
  const shown = withGeneratedSecret(added, secret, input, deps);
  // `-o name` must not lose a generated secret.
  await showObject(shown, deps, shown === added ? 'client_id' : undefined);
}

/** The attributes that a new client can take from another one. The UAA never returns a secret. */
function copyAttributes(client: Client, { as }: { readonly as: string }): ClientAttributes {
  const { client_id: id, name = id, ...others } = client;
  const kept = Object.entries(others).filter(([attribute]) => !notCopied.includes(attribute));
  return { ...Object.fromEntries(kept), name: name === id ? as : name };
}

const notCopied = ['lastModified', 'resource_ids', 'token_salt'];

function withoutNulls(attributes: ClientAttributes): ClientAttributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));
}

async function promptForGrantTypes({
  terminal,
}: Pick<Deps, 'terminal'>): Promise<readonly string[]> {
  const prompt = 'authorized_grant_types (list): ';
  return wordList(await terminal.ask({ prompt, insteadUse: 'use --authorized_grant_types' }));
}

/** @returns `undefined` for a client of the implicit grant, which must not have one. */
async function readSecret(grants: unknown, input: Input, deps: Deps): Promise<Secret | undefined> {
  const isImplicit = Array.isArray(grants) && grants.includes('implicit');
  if (isImplicit && !isSecretGiven(input, deps.env)) return undefined;
  return readNewSecret(input, 'no client was added', deps);
}
