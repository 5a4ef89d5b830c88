import { Option, type Command, InvalidArgumentError } from 'commander';
import {
  attributeNames,
  findUnstoredEntries,
  hasValue,
  type AttributeKind,
  type AttributeName,
  clientAttributes,
  grantTypes,
  maximumLifetimeSeconds,
} from '../../../api/uaa/client-attributes.js';
import { type Client, type ClientAttributes, createClients } from '../../../api/uaa/clients.js';
import type { Services } from '../../../app/services.js';
import { TpksError, isTpksError } from '../../../base/errors.js';
import { toPlainText } from '../../../base/json-value.js';
import type { Secret } from '../../../base/secret.js';
import { withUaaNames, asCollector, withCompleter } from '../../completers.js';
import type { Leaf } from '../../contents.js';
import { parseWordList, integerParser } from '../../option-values.js';
import { outputOption } from '../../resource/list-command.js';
import {
  addNewSecretOptions,
  isSecretGiven,
  type NewSecretDeps,
  type NewSecretFlags,
  readNewSecret,
  withGeneratedSecret,
} from '../new-secret.js';
import { addIfMissing, type IfMissingFlags, ifMissingOption, showObject } from '../objects.js';
import { clientIdArgument, readClientId } from './clients.js';

type AddDeps = NewSecretDeps & Pick<Services, 'uaaContext' | 'uaaResource'>;

interface AddFlags extends NewSecretFlags, IfMissingFlags {
  readonly clone?: string;
  readonly interactive?: true;
}

export const add: Leaf = {
  define(command, deps: AddDeps) {
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
      .action((id: string | undefined, flags: AddFlags & AttributeFlags) =>
        addClient({ ...flags, id, attributes: toAttributes(flags) }, deps),
      );
  },
};

interface AddInput extends AddFlags {
  readonly id?: string | undefined;
  /** Attributes from options. `null` for an attribute that is not copied from the cloned client. */
  readonly attributes: ClientAttributes;
}

async function addClient(input: AddInput, deps: AddDeps): Promise<void> {
  const id = await readClientId(input.id, deps);
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
      input.interactive === true ? await promptForAttributes(input.attributes, defaults, deps) : {};
    const initial = withoutNulls({ name: id, ...defaults, ...input.attributes, ...answers });
    const grants = initial['authorized_grant_types'] ?? (await promptForGrantTypes(deps));
    const secret = await readSecret(grants, input, deps);
    const create = async (values: ClientAttributes) => {
      const attributes = withoutNulls(values);
      const client = await clients.add({ id, secret, attributes });
      warnOfLostEntries(attributes, client, deps);
      return client;
    };
    const values = { ...initial, authorized_grant_types: grants };
    const client =
      input.interactive === true
        ? await submitWithCorrections({ current: {}, values }, create, deps)
        : await create(values);
    return { client, secret };
  };
  const { object } = await addIfMissing(`client ${id}`, { get, add }, input, deps);
  const { client, secret } = object;
  const result = withGeneratedSecret(client, secret, input, deps);
  // `-o name` must not hide a generated secret.
  await showObject(result, deps, result === client ? 'client_id' : undefined);
}

function withoutNulls(attributes: ClientAttributes): ClientAttributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));
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
  input: AddInput,
  deps: AddDeps,
): Promise<Secret | undefined> {
  const isImplicit = Array.isArray(grants) && grants.includes('implicit');
  if (isImplicit && !isSecretGiven(input, deps.env)) return undefined;
  return readNewSecret(input, 'no client was created', deps);
}

type UpdateDeps = Pick<Services, 'terminal' | 'uaaResource'>;

interface UpdateFlags {
  readonly del_attrs?: readonly string[];
  readonly interactive?: true;
}

export const update: Leaf = {
  define(command, deps: UpdateDeps) {
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
      .action((id: string | undefined, flags: UpdateFlags & AttributeFlags) =>
        updateClient({ ...flags, id, attributes: toAttributes(flags) }, deps),
      );
  },
};

interface UpdateInput extends UpdateFlags {
  readonly id?: string | undefined;
  /** `null` to remove an attribute. */
  readonly attributes: ClientAttributes;
}

async function updateClient(input: UpdateInput, deps: UpdateDeps): Promise<void> {
  const { terminal } = deps;
  const { attributes, del_attrs: namesToRemove = [], interactive } = input;
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

  const id = await readClientId(input.id, deps);
  const clients = deps.uaaResource(createClients);
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

/** An attribute of a client as an option or a prompt. */
export interface Attribute {
  readonly name: AttributeName;
  /** The placeholder of the value in the help, e.g. `<list>`. */
  readonly placeholder: string;
  readonly help: string;
  readonly isList: boolean;
  /**
   * Converts the text to the value that the UAA expects; `null` removes the attribute.
   * @throws {InvalidArgumentError} for an invalid text.
   */
  readonly parse: (text: string) => unknown;
}

const kinds: Readonly<Record<AttributeKind, Pick<Attribute, 'placeholder' | 'isList' | 'parse'>>> =
  {
    text: { placeholder: '<text>', isList: false, parse: (text) => text },
    list: { placeholder: '<list>', isList: true, parse: (text) => parseWordList(text) },
    seconds: {
      placeholder: '<seconds>',
      isList: false,
      parse: integerParser({ from: 0, to: maximumLifetimeSeconds }),
    },
    flag: { placeholder: '<true|false>', isList: false, parse: parseBoolean },
    approvals: { placeholder: '<true|false|list>', isList: true, parse: parseApprovals },
    origins: { placeholder: '<all|list>', isList: true, parse: parseOrigins },
  };

const help: Readonly<Record<AttributeName, string>> = {
  name: 'display name',
  scope: 'scopes that users can grant to the client, e.g. openid',
  authorized_grant_types: 'grant types of the client, e.g. client_credentials',
  authorities: "scopes of the client's own tokens, without a user",
  access_token_validity: 'lifetime of access tokens',
  refresh_token_validity: 'lifetime of refresh tokens',
  redirect_uri: 'allowed redirect URIs; repeatable',
  autoapprove: 'scopes that users do not need to approve',
  allowpublic: 'allow requests without the secret if they use PKCE',
  allowedproviders: 'origins whose users can use the client',
  signup_redirect_url: 'URI that new users are redirected to after they sign up',
  required_user_groups: 'groups that users of the client must belong to',
};

export const attributes: readonly Attribute[] = attributeNames.map((name) => ({
  ...kinds[clientAttributes[name]],
  name,
  help: help[name],
}));

function parseBoolean(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new InvalidArgumentError('Expected true or false.');
}

function parseApprovals(text: string): boolean | readonly string[] {
  const words = parseWordList(text);
  const [first = 'false', ...others] = words;
  return others.length === 0 && ['true', 'false'].includes(first) ? first === 'true' : words;
}

function parseOrigins(text: string): readonly string[] | null {
  return ['all', 'null', 'nil'].includes(text.trim()) ? null : parseWordList(text);
}

/** The values of each attribute; an option that is used several times has several values. */
type AttributeFlags = Readonly<Record<string, unknown>>;

/** Adds an option for each attribute, spelled as in `uaac` or with dashes. */
function addAttributeOptions(command: Command): Command {
  for (const attribute of attributes) {
    const { name, placeholder, help } = attribute;
    command.addOption(createOption(`--${name} ${placeholder}`, attribute, help));
    if (!name.includes('_')) continue;
    const dashed = `--${name.replaceAll('_', '-')} ${placeholder}`;
    command.addOption(createOption(dashed, attribute, help).hideHelp());
  }
  return command;
}

/** Converts flags to attributes; `null` removes an attribute. */
function toAttributes(flags: AttributeFlags): ClientAttributes {
  const entries = attributes.flatMap((attribute): [string, unknown][] => {
    const texts = textsOf(flags[attribute.name]);
    if (texts.length === 0) return [];
    const text = attribute.isList ? texts.join(',') : (texts.at(-1) ?? '');
    return [[attribute.name, attribute.parse(text)]];
  });
  return Object.fromEntries(entries);
}

function createOption(flags: string, { name, isList, parse }: Attribute, help: string): Option {
  const parseText = (text: string, previous: unknown) => {
    // Parsed here only to report errors; `toAttributes` parses the texts of all uses together.
    parse(text);
    return isList ? [...textsOf(previous), text] : [text];
  };
  const option = new Option(flags, help).argParser(isList ? asCollector(parseText) : parseText);
  // Both spellings set the same value.
  option.attributeName = () => name;
  return name === 'authorized_grant_types' ? withCompleter(option, () => grantTypes) : option;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(toPlainText) : [];
}

/** The input that removes an attribute. */
const removal = '-';

/**
 * Prompts for the attributes, showing the current value of each; Enter keeps it.
 * @param preset - attributes from options, which need no prompt.
 * @param current - attributes of the client, or of the client to copy.
 * @returns the changed attributes; `null` for an attribute to remove.
 * @throws {TpksError} `usage` if the user cannot be prompted.
 */
async function promptForAttributes(
  preset: ClientAttributes,
  current: ClientAttributes,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<ClientAttributes> {
  if (terminal.canPrompt())
    terminal.note(`Press Enter to keep a value, or type ${removal} to remove it.`);
  const changes: [string, unknown][] = [];
  for (const attribute of attributes) {
    if (Object.hasOwn(preset, attribute.name)) continue;
    const value = await promptForAttribute(attribute, current[attribute.name], terminal);
    if (value !== undefined) changes.push([attribute.name, value]);
  }
  return Object.fromEntries(changes);
}

async function promptForAttribute(
  { name, isList, parse }: Attribute,
  current: unknown,
  terminal: Services['terminal'],
): Promise<unknown> {
  const kind = isList ? ' (list)' : '';
  const value = current === undefined || current === null ? '' : ` [${formatValue(current)}]`;
  for (;;) {
    const input = await terminal.prompt({
      message: `${name}${kind}${value}: `,
      hint: `pass the attributes as options, e.g. --${name}`,
    });
    if (input.trim() === '') return undefined;
    if (input.trim() === removal) return null;
    try {
      return parse(input);
    } catch (error) {
      if (!isInvalidArgument(error)) throw error;
      const expected = error.message.replace(/^E/, 'e').replace(/\.$/, '');
      terminal.note(`Invalid value for ${name}: ${input.trim()} (${expected})`);
    }
  }
}

/**
 * Sends the attributes. If the UAA rejects them, shows why and prompts for them again, so that the user
 * does not have to type the valid ones again.
 * @param current - the attributes that the client already has.
 * @param submit - sends the attributes; `null` removes an attribute.
 * @throws {TpksError} errors of `submit` that changing the attributes cannot fix; `cancelled` on
 *   Ctrl-C.
 */
async function submitWithCorrections<Result>(
  { current, values }: { readonly current: ClientAttributes; readonly values: ClientAttributes },
  submit: (values: ClientAttributes) => Promise<Result>,
  deps: Pick<Services, 'terminal'>,
): Promise<Result> {
  for (let corrected = values; ;) {
    try {
      return await submit(corrected);
    } catch (error) {
      if (!isTpksError(error) || error.status !== 400 || !deps.terminal.canPrompt()) throw error;
      deps.terminal.note(`The UAA rejected these values: ${error.message}`);
      const defaults = { ...current, ...corrected };
      corrected = { ...corrected, ...(await promptForAttributes({}, defaults, deps)) };
    }
  }
}

function formatValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(toPlainText).join(' ');
  return toPlainText(value);
}

function isInvalidArgument(error: unknown): error is InvalidArgumentError {
  return error instanceof InvalidArgumentError;
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
