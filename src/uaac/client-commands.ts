import { type Attribute, attributes, copyAttributes } from '../commands/uaa/client/attributes.js';
import { toClientFields } from '../commands/uaa/client/clients.js';
import { errorMessage, isTpksError } from '../errors.js';
import { getOwnValue } from '../own-value.js';
import { Secret } from '../secret.js';
import { hasValue } from '../uaa/client-attributes.js';
import { type ClientAttributes, type Clients, createClients } from '../uaa/clients.js';
import { printAll } from './lists.js';
import { findOption } from './options.js';
import { toLowerCaseKeys } from './tree.js';
import { isUaacError, requestError, notFoundType, uaacError } from './uaac-error.js';
import { promptTwice, readArgument, createResource, type UaacRun } from './uaac-run.js';

export function clients(run: UaacRun): Promise<void> {
  return printAll(run, {
    path: ['oauth', 'clients'],
    nameKey: 'client_id',
    toAttributeNames: toClientFields,
  });
}

export async function get(run: UaacRun): Promise<void> {
  const resource = await createResource(run, createClients);
  const id = await readArgument(run, 0, 'Client ID');
  const names = run.options.list('attributes');
  const client = await (
    names === undefined ? resource.get(id) : resource.getFields(id, toClientFields(names))
  ).catch((error: unknown) => {
    throw isTpksError(error) && error.kind === 'notFound'
      ? requestError(notFoundType, notFoundType)
      : error;
  });
  await printClient({ id, client, hasId: names === undefined }, resource, run);
}

interface ShownClient {
  readonly id: string;
  readonly client: ClientAttributes;
  /** Whether the original repeats the id after the attributes. */
  readonly hasId?: boolean;
}

/** Prints a client with its creator, if the UAA returns it. */
async function printClient(
  { id, client, hasId = false }: ShownClient,
  resource: Clients,
  run: UaacRun,
): Promise<void> {
  const metadata: Readonly<Record<string, unknown>> = await resource.getMetadata(id);
  const fields = toLowerCaseKeys(client);
  await run.printTree(
    new Map([
      ...(fields instanceof Map ? fields : []),
      ...(hasId ? [['id', id] as const] : []),
      ['created_by', getOwnValue(metadata, 'createdBy') ?? null] as const,
    ]),
  );
}

export async function add(run: UaacRun): Promise<void> {
  const { options } = run;
  const resource = await createResource(run, createClients);
  const id = await readArgument(run, 0, 'Client ID');
  const typedSecret = options.text('secret');
  const secret = new Secret(typedSecret ?? (await promptTwice(run, 'New client secret')));
  const source = options.text('clone');
  const copiedAttributes =
    source === undefined ? {} : copyAttributes(await resource.get(source), { newId: id });
  const defaults = { ...copiedAttributes, name: id };
  const changes = await collectAttributes(defaults, run, ['name']);
  const client = await resource.add({ id, secret, attributes: { ...defaults, ...changes } });
  await printClient({ id, client, hasId: true }, resource, run);
}

export async function update(run: UaacRun): Promise<void> {
  const { options } = run;
  const resource = await createResource(run, createClients);
  const id = await readArgument(run, 0, 'Client ID');
  const before = await resource.get(id);
  const removals = (options.list('del_attrs') ?? []).map((name) => [name, null] as const);
  const requestedChanges = {
    ...(await collectAttributes(before, run)),
    ...Object.fromEntries(removals),
  };
  const changes = Object.fromEntries(
    Object.entries(requestedChanges).filter(([name, value]) => !hasValue(before, name, value)),
  );
  const isChanged = Object.keys(changes).length > 0;
  if (!isChanged && !countsAsChanged(before, requestedChanges)) {
    throw uaacError('Nothing to update. Use -i for interactive update.');
  }
  const client = isChanged ? await resource.update(id, changes) : before;
  await printClient({ id, client }, resource, run);
}

/**
 * Whether `uaac` would send an update that changes nothing, and succeed: the client has a lifetime,
 * which it compares as text, or a list has the same entries in another order.
 */
function countsAsChanged(before: ClientAttributes, requested: ClientAttributes): boolean {
  const lifetimes = ['access_token_validity', 'refresh_token_validity'];
  if (lifetimes.some((name) => typeof getOwnValue<unknown>(before, name) === 'number')) return true;
  return Object.entries(requested).some(([name, value]) => {
    const present = getOwnValue<unknown>(before, name) ?? [];
    return Array.isArray(value) && JSON.stringify(value) !== JSON.stringify(present);
  });
}

export async function remove(run: UaacRun): Promise<void> {
  const { print } = run;
  const resource = await createResource(run, createClients);
  const id = await readArgument(run, 0, 'Client ID');
  await resource.remove(id).catch((error: unknown) => {
    if (!isTpksError(error) || error.kind !== 'notFound') throw error;
    throw requestError(notFoundType, `invalid response from /oauth/clients/${id}: 404`);
  });
  await print('client registration deleted');
}

/**
 * Collects the attributes from the options. With `-i`, prompts for the others; Enter keeps the value
 * in brackets.
 * @param namesWithoutPrompt - attributes that have a default.
 */
async function collectAttributes(
  current: ClientAttributes,
  run: UaacRun,
  namesWithoutPrompt: readonly string[] = [],
): Promise<ClientAttributes> {
  const { options } = run;
  const isInteractive = options.flag('interactive') === true;
  const changes: Record<string, unknown> = {};
  for (const attribute of attributes) {
    const { name } = attribute;
    const texts = options.texts(name);
    // An empty value means the default, as in the original.
    const typedText = (attribute.isList ? texts.join(',') : texts.at(-1)) ?? '';
    if (typedText !== '') changes[name] = parseAttribute(attribute, typedText);
    else if (isInteractive && ![...options.names, ...namesWithoutPrompt].includes(name)) {
      const value = await promptForAttribute(attribute, current, run);
      if (value !== undefined) changes[name] = value;
    }
  }
  return changes;
}

/**
 * Prompts for an attribute. On a terminal, prompts again after invalid input, so that the user does
 * not have to type the other attributes again.
 * @returns `undefined` for empty input.
 */
async function promptForAttribute(
  attribute: Attribute,
  current: ClientAttributes,
  { prompt, services }: UaacRun,
): Promise<unknown> {
  for (;;) {
    const input = await prompt(formatPrompt(attribute, current));
    if (input === '') return undefined;
    try {
      return parseAttribute(attribute, input);
    } catch (error) {
      if (!isUaacError(error) || !services.terminal.canPrompt()) throw error;
      for (const line of error.lines.filter(Boolean)) services.terminal.note(line);
    }
  }
}

function formatPrompt({ name }: Attribute, current: ClientAttributes): string {
  const kind = findOption(name).value?.replace(/^<(.*)>$/, '$1') ?? '';
  const value = getOwnValue<unknown>(current, name);
  const isSet =
    value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
  const text = Array.isArray(value) ? value.join(' ') : String(value);
  return `${name.replaceAll('_', ' ')} (${kind})${isSet ? ` [${text}]` : ''}`;
}

function parseAttribute({ name, parse }: Attribute, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw requestError(
      'ArgumentError',
      `invalid value for ${name}: ${text} (${errorMessage(error)})`,
    );
  }
}
