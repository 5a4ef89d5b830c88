import { hasValue } from '../api/uaa/client-attributes.js';
import { createClientCredentials } from '../api/uaa/client-secrets-and-keys.js';
import { createClients, type ClientAttributes, type Clients } from '../api/uaa/clients.js';
import { errorMessage } from '../base/errors.js';
import { getOwnValue, toPlainText } from '../base/json-value.js';
import { attributes, type Attribute } from '../commands/uaa/client/attributes.js';
import { copyAttributes } from '../commands/uaa/client/changes.js';
import { toClientFields } from '../commands/uaa/client/clients.js';
import { printAll } from './lists.js';
import { commandOptions } from './options.js';
import { toLowerCaseFields } from './tree.js';
import { deletionError, isUaacError, requestError, UaacError } from './uaac-error.js';
import {
  readArgument,
  readNewSecret,
  readSecret,
  requireContext,
  type UaacRun,
} from './uaac-run.js';

export function clients(run: UaacRun): Promise<void> {
  return printAll(run, {
    path: ['oauth', 'clients'],
    nameKey: 'client_id',
    toAttributeNames: toClientFields,
  });
}

export async function get(run: UaacRun): Promise<void> {
  const { resource, id } = await readClient(run);
  const names = run.options.list('attributes');
  const client = await (names === undefined
    ? resource.get(id)
    : resource.getFields(id, toClientFields(names)));
  await printClient({ resource, id }, client, names === undefined, run);
}

/** Reads the id of a client. A missing context is an error before the prompt. */
async function readClient(run: UaacRun) {
  await requireContext(run);
  const id = await readArgument(run, 0, 'Client ID');
  return { id, resource: run.services.uaaResource(createClients) };
}

/**
 * Prints a client with its creator, if the UAA returns it.
 * @param hasId - whether the original repeats the id after the attributes.
 */
async function printClient(
  { resource, id }: { readonly resource: Clients; readonly id: string },
  client: ClientAttributes,
  hasId: boolean,
  run: UaacRun,
): Promise<void> {
  const metadata: Readonly<Record<string, unknown>> = await resource.getMetadata(id);
  const fields = toLowerCaseFields(client);
  if (hasId) fields.set('id', id);
  await run.printTree(fields.set('created_by', getOwnValue(metadata, 'createdBy')));
}

export async function add(run: UaacRun): Promise<void> {
  const { options } = run;
  const { resource, id } = await readClient(run);
  const secret = await readNewSecret(run, 'secret', 'New client secret');
  const source = options.text('clone');
  const copiedAttributes =
    source === undefined ? {} : copyAttributes(await resource.get(source), { newId: id });
  const defaults = { ...copiedAttributes, name: id };
  const changes = await readAttributes(run, defaults, ['name']);
  const client = await resource.add({ id, secret, attributes: { ...defaults, ...changes } });
  await printClient({ resource, id }, client, true, run);
}

export async function update(run: UaacRun): Promise<void> {
  const { options } = run;
  const { resource, id } = await readClient(run);
  const before = await resource.get(id);
  const requestedChanges = await readAttributes(run, before);
  for (const name of options.list('del_attrs') ?? []) requestedChanges[name] = null;
  const changes = Object.fromEntries(
    Object.entries(requestedChanges).filter(([name, value]) => !hasValue(before, name, value)),
  );
  const isChanged = Object.keys(changes).length > 0;
  if (!isChanged && !countsAsChanged(before, requestedChanges)) {
    throw new UaacError(['Nothing to update. Use -i for interactive update.']);
  }
  const client = isChanged ? await resource.update(id, changes) : before;
  await printClient({ resource, id }, client, false, run);
}

/**
 * Whether `uaac` would send an update although no value changes. It does so if the client has a lifetime,
 * because it compares lifetimes as text, or if a list has the same entries in a different order.
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
  const { resource, id } = await readClient(run);
  await resource.remove(id).catch((error: unknown) => {
    throw deletionError(error, `/oauth/clients/${id}`);
  });
  await print('client registration deleted');
}

/**
 * Reads the attributes from the options. With `-i`, prompts for the others; Enter keeps the current value,
 * like an empty option.
 * @param namesWithoutPrompt - attributes that have a default.
 */
async function readAttributes(
  run: UaacRun,
  current: ClientAttributes,
  namesWithoutPrompt: readonly string[] = [],
): Promise<Record<string, unknown>> {
  const { options } = run;
  const isInteractive = options.flag('interactive') === true;
  const changes: Record<string, unknown> = {};
  for (const attribute of attributes) {
    const { name, isList } = attribute;
    const text = isList ? options.texts(name).join(',') : options.text(name);
    const isPrompted = isInteractive && !options.has(name) && !namesWithoutPrompt.includes(name);
    const value = isPrompted
      ? await promptForAttribute(attribute, current, run)
      : text && parseAttribute(attribute, text);
    if (value !== undefined && value !== '') changes[name] = value;
  }
  return changes;
}

/** @returns `undefined` for empty input. On a terminal, prompts again after invalid input. */
async function promptForAttribute(
  attribute: Attribute,
  current: ClientAttributes,
  { prompt, services: { terminal } }: UaacRun,
): Promise<unknown> {
  const { name } = attribute;
  const kind = commandOptions[name].value.slice(1, -1);
  const value = [getOwnValue<unknown>(current, name) ?? []].flat().map(toPlainText).join(' ');
  const label = `${name.replaceAll('_', ' ')} (${kind})${value === '' ? '' : ` [${value}]`}`;
  for (;;) {
    const input = await prompt(label);
    if (input === '') return undefined;
    try {
      return parseAttribute(attribute, input);
    } catch (error) {
      if (!isUaacError(error) || !terminal.canPrompt()) throw error;
      terminal.note(error.lines.join('\n').trim());
    }
  }
}

function parseAttribute({ name, parse }: Attribute, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const message = `invalid value for ${name}: ${text} (${errorMessage(error)})`;
    throw requestError('ArgumentError', message);
  }
}

export async function setSecret(run: UaacRun): Promise<void> {
  await requireContext(run);
  const secrets = run.services.uaaResource(createClientCredentials);
  const id = await readArgument(run, 0, 'Client ID');
  await secrets.set(id, await readNewSecret(run, 'secret', 'New secret'));
  await run.print('client secret successfully set');
}

/** Changes the secret of the client that the current token belongs to. */
export async function changeSecret(run: UaacRun): Promise<void> {
  const { clientId } = await requireContext(run);
  const secrets = run.services.uaaResource(createClientCredentials);
  const old = await readSecret(run, 'old_secret', 'Current secret');
  await secrets.set(clientId, await readNewSecret(run, 'secret', 'New secret'), old);
  await run.print('client secret successfully changed');
}

export const addJwt = (run: UaacRun) => changeJwt(run, 'ADD', 'client jwt successfully added');
export const updateJwt = (run: UaacRun) => changeJwt(run, 'UPDATE', 'client jwt successfully set');
export const deleteJwt = (run: UaacRun) =>
  changeJwt(run, 'DELETE', 'client jwt successfully deleted');

async function changeJwt(
  run: UaacRun,
  mode: 'ADD' | 'UPDATE' | 'DELETE',
  message: string,
): Promise<void> {
  const { options } = run;
  await requireContext(run);
  const jwts = run.services.uaaResource(createClientCredentials);
  const id = await readArgument(run, 0, 'Client ID');
  await jwts.changeJwtTrust(id, mode, {
    jwks_uri: mode === 'DELETE' ? '*' : options.text('jwks_uri'),
    jwks: options.text('jwks'),
    issuer: options.text('issuer'),
    subject: options.text('subject'),
    audience: options.text('audience'),
    kid: options.text('kid'),
  });
  await run.print(message);
}
