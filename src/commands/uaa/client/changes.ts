import { Option } from 'commander';
import {
  attributeNames,
  findUnstoredEntries,
  hasValue,
} from '../../../api/uaa/client-attributes.js';
import { type Client, type ClientAttributes, createClients } from '../../../api/uaa/clients.js';
import type { Services } from '../../../app/services.js';
import { TpksError } from '../../../base/errors.js';
import type { Secret } from '../../../base/secret.js';
import { withUaaNames } from '../../completers.js';
import type { Leaf } from '../../command-table.js';
import { parseWordList } from '../../option-values.js';
import { outputOption } from '../../resource/list-command.js';
import { addIfMissing, type IfMissingFlags, ifMissingOption } from '../if-missing.js';
import {
  addNewSecretOptions,
  isSecretGiven,
  type NewSecretDeps,
  type NewSecretFlags,
  readNewSecret,
  withGeneratedSecret,
} from '../new-secret.js';
import { showObject } from '../objects.js';
import { dashedOption } from '../options.js';
import { promptForAttributes } from './attribute-prompts.js';
import { addAttributeOptions, type AttributeFlags, toAttributes } from './attributes.js';
import { clientIdArgument, readClientId } from './clients.js';
import { prepareClientDetails } from './details.js';
import { addClientWithKey, keyTypeOption, type NewKeyFlags, newKeyOption } from './keys.js';

type AddDeps = NewSecretDeps &
  Pick<Services, 'uaaContext' | 'uaaResource' | 'publicUaaRequest' | 'clock'>;

interface AddFlags extends NewSecretFlags, NewKeyFlags, IfMissingFlags {
  readonly clone?: string;
  readonly interactive?: true;
}

export const add: Leaf = {
  description:
    'Create a client, i.e. a program that can request tokens. Prompts for missing values. A client ' +
    'with the implicit grant has no secret. With --generate-key, the client can log in only with ' +
    'the new key. This requires UAA 76.23 or later. Requires the scope clients.write.',
  examples: {
    'create a client that can read all clusters, and print its random secret':
      'tpks uaa client add ci-reader --authorized_grant_types client_credentials \\\n' +
      '      --authorities pks.clusters.admin.read --generate-secret',
    'create a client that logs in with a key instead of a secret':
      'tpks uaa client add ci-reader --authorities pks.clusters.admin.read \\\n' +
      '      --generate-key ci-reader.jwk',
  },
  define(command, deps: AddDeps) {
    addAttributeOptions(
      addNewSecretOptions(command.argument('[id]', 'id of the new client'), 'client secret'),
    )
      .addOption(
        withUaaNames(
          new Option('--clone <id>', 'copy the attributes of this client, except for its secret'),
          'clients',
        ),
      )
      .addOption(
        newKeyOption().conflicts(['secret', 'secretFile', 'generateSecret', 'allowpublic']),
      )
      .addOption(keyTypeOption())
      .option('-i, --interactive', 'prompt for every attribute')
      .addOption(ifMissingOption())
      .addOption(outputOption('json', 'yaml', 'name'))
      .action((id: string | undefined, flags: AddFlags & AttributeFlags) =>
        addClient(id, flags, deps),
      );
  },
};

async function addClient(
  argument: string | undefined,
  input: AddFlags & AttributeFlags,
  deps: AddDeps,
): Promise<void> {
  const id = await readClientId(argument, deps);
  // `null` for an attribute that is not copied from the cloned client.
  const preset = toAttributes(input);
  // Report a missing session before the other prompts.
  await deps.uaaContext();
  const clients = deps.uaaResource(createClients);
  const get = async () => ({ client: await clients.get(id), secret: undefined });
  const add = async () => {
    const defaults =
      input.clone === undefined
        ? {}
        : copyAttributes(await clients.get(input.clone), { newId: id });
    const answers =
      input.interactive === true ? await promptForAttributes(preset, defaults, deps) : {};
    const values: ClientAttributes = { name: id, ...defaults, ...preset, ...answers };
    const initial = Object.fromEntries(
      Object.entries(values).filter(([, value]) => value !== null),
    );
    const { generateKey: file } = input;
    const grants =
      initial['authorized_grant_types'] ??
      (file === undefined ? await promptForGrantTypes(deps) : ['client_credentials']);
    const secret = file === undefined ? await readSecret(grants, input, deps) : undefined;
    const attributes = { ...initial, authorized_grant_types: grants };
    const client =
      file === undefined
        ? await clients.add({ id, secret, attributes })
        : await addClientWithKey({ id, attributes, file }, input, { ...deps, clients });
    warnOfLostEntries(attributes, client, deps);
    return { client, secret };
  };
  const { object } = await addIfMissing(`client ${id}`, { get, add }, input, deps);
  const { client, secret } = object;
  const result = withGeneratedSecret(client, secret, input, deps);
  // `-o name` must not hide a generated secret.
  const screen = await prepareClientDetails(result, deps.clock.now());
  await showObject(result, deps, result === client ? client.client_id : undefined, screen);
}

async function promptForGrantTypes({
  terminal,
}: Pick<AddDeps, 'terminal'>): Promise<readonly string[]> {
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
async function readSecret(
  grants: unknown,
  input: AddFlags,
  deps: AddDeps,
): Promise<Secret | undefined> {
  const isImplicit = Array.isArray(grants) && grants.includes('implicit');
  if (isImplicit && !isSecretGiven(input, deps.env)) return undefined;
  return readNewSecret(input, 'no client was created', deps);
}

type UpdateDeps = Pick<Services, 'terminal' | 'uaaResource' | 'clock'>;

interface UpdateFlags {
  readonly del_attrs?: readonly string[];
  readonly interactive?: true;
}

export const update: Leaf = {
  description:
    'Update the given attributes of a client; the others stay unchanged. A list replaces the current ' +
    'list. To change the secret, use `tpks uaa secret`. Requires the scope clients.write, or ' +
    'clients.admin to remove attributes.',
  examples: {
    'set the lifetime of access tokens to 20 minutes':
      'tpks uaa client update pks_cli --access_token_validity 1200',
  },
  define(command, deps: UpdateDeps) {
    addAttributeOptions(command.addArgument(clientIdArgument()))
      .option(
        '--del_attrs <list>',
        'remove these attributes, e.g. redirect_uri,signup_redirect_url',
        parseWordList,
      )
      .addOption(dashedOption('--del-attrs <list>', 'del_attrs').argParser(parseWordList))
      .option('-i, --interactive', 'prompt for every attribute, showing its current value')
      .addOption(outputOption('json', 'yaml', 'name'))
      .action((id: string | undefined, flags: UpdateFlags & AttributeFlags) =>
        updateClient(id, flags, deps),
      );
  },
};

async function updateClient(
  argument: string | undefined,
  flags: UpdateFlags & AttributeFlags,
  deps: UpdateDeps,
): Promise<void> {
  const { del_attrs: namesToRemove = [], interactive } = flags;
  const attributes = toAttributes(flags);
  if (Object.keys(attributes).length + namesToRemove.length === 0 && interactive !== true) {
    throw new TpksError('usage', 'Nothing to update. Use -i for interactive update.', {
      hint: 'or use an option such as --authorities, --redirect_uri or --del_attrs',
    });
  }
  const conflict = namesToRemove.find((name) => Object.hasOwn(attributes, name));
  if (conflict !== undefined) {
    throw new TpksError('usage', `${conflict} cannot be both set and removed`, {
      hint: `use either --${conflict} or --del_attrs`,
    });
  }

  const id = await readClientId(argument, deps);
  const clients = deps.uaaResource(createClients);
  const before = await clients.get(id);
  const requestedChanges = { ...attributes, ...toRemovals(namesToRemove, before) };
  const allChanges =
    interactive === true
      ? { ...requestedChanges, ...(await promptForAttributes(requestedChanges, before, deps)) }
      : requestedChanges;
  const changes = Object.fromEntries(
    Object.entries(allChanges).filter(([name, value]) => !hasValue(before, name, value)),
  );
  const isChanged = Object.keys(changes).length > 0;
  if (!isChanged) deps.terminal.note(`No changes: the client ${id} already has these values`);
  const client = isChanged ? await clients.update(id, changes) : before;
  warnOfLostEntries(changes, client, deps);
  const screen = await prepareClientDetails(client, deps.clock.now());
  await showObject(client, deps, client.client_id, screen);
}

const required = ['client_id', 'authorized_grant_types', 'resource_ids', 'lastModified'];
const removable = attributeNames.filter(
  (name): boolean => !required.includes(name),
) as readonly string[];

/** @throws {TpksError} `usage` for required and for unknown attributes. */
function toRemovals(names: readonly string[], client: Client): ClientAttributes {
  for (const name of names) {
    const isKnown = removable.includes(name) || Object.hasOwn(client, name);
    if (isKnown && !required.includes(name)) continue;
    throw new TpksError('usage', `${name} cannot be removed`, {
      hint: `--del_attrs accepts ${removable.join(', ')}`,
    });
  }
  return Object.fromEntries(names.map((name) => [name, null]));
}

/** Warns about list entries that were sent but that the UAA did not store. */
function warnOfLostEntries(
  sent: ClientAttributes,
  client: Client,
  { terminal }: Pick<Services, 'terminal'>,
): void {
  for (const [name, value] of Object.entries(sent)) {
    const lost = findUnstoredEntries(client, name, value);
    if (lost.length === 0) continue;
    const reason = name === 'autoapprove' ? ', because they are not scopes of the client' : '';
    terminal.warn(`the UAA did not store these entries of ${name}${reason}: ${lost.join(', ')}`);
  }
}

/**
 * Copies all attributes that have a value, except the id and attributes that the UAA generates. If the
 * name is the same as the old id, it is replaced with the new id.
 */
export function copyAttributes(
  client: Client,
  { newId }: { readonly newId: string },
): ClientAttributes {
  const { client_id: id, name = id, ...others } = client;
  const copied = Object.entries(others).filter(
    ([attribute, value]) => value !== null && !notCopied.includes(attribute),
  );
  return { ...Object.fromEntries(copied), name: name === id ? newId : name };
}

const notCopied = ['lastModified', 'resource_ids', 'token_salt'];
