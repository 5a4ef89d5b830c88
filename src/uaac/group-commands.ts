import { toAttributeNames } from '../commands/uaa/objects.js';
import { isTpksError } from '../errors.js';
import { isObject } from '../json-value.js';
import { createGroups, type GroupKey } from '../uaa/groups.js';
import { createRawObjects } from '../uaa/raw-objects.js';
import { printAll } from './lists.js';
import { formatFailure } from './failure-text.js';
import { toLowerCaseKeys } from './tree.js';
import { requestError, notFoundType, replaceText, uaacError } from './uaac-error.js';
import { readArgument, requireContext, createResource, type UaacRun } from './uaac-run.js';
import { createMappings } from '../uaa/mappings.js';

export function groups(run: UaacRun): Promise<void> {
  return printAll(run, { path: ['Groups'], nameKey: 'displayname' });
}

export async function get(run: UaacRun): Promise<void> {
  await requireContext(run);
  await printGroup(await readArgument(run, 0, 'Group name'), run);
}

async function printGroup(name: string, run: UaacRun): Promise<void> {
  const resource = await createResource(run, createGroups);
  const attributes = run.options.list('attributes');
  const found = await (attributes === undefined
    ? resource.get(name)
    : resource.getFields(name, toAttributeNames(attributes)));
  await run.printTree(toLowerCaseKeys(found));
}

export async function add(run: UaacRun): Promise<void> {
  const resource = await createResource(run, createGroups);
  const group = await resource.add({ displayName: await readArgument(run, 0, 'Group name') });
  await run.printTree(toLowerCaseKeys(group));
}

export async function remove(run: UaacRun): Promise<void> {
  const { uaa } = await requireContext(run);
  const resource = await createResource(run, createGroups);
  const name = await readArgument(run, 0, 'Group name');
  const id = await resource.findId({ name }).catch((error: unknown) => {
    const isNotFound =
      isTpksError(error) && error.kind === 'notFound' && error.status === undefined;
    throw isNotFound ? requestError(notFoundType, `${name} not found in ${uaa}/Groups`) : error;
  });
  await resource.remove({ id });
  await run.print('success');
}

/** Lists one page of mappings, grouped by origin. */
export async function mappings(run: UaacRun): Promise<void> {
  const { options } = run;
  for (const [name, label, format] of [
    ['start', 'start index', /^-?\d+$/],
    ['count', 'count', /^\d+$/],
  ] as const) {
    const text = options.text(name);
    if (text !== undefined && !format.test(text)) throw uaacError(`Please enter a valid ${label}`);
  }
  const raw = await createResource(run, createRawObjects);
  const query = {
    ...(options.has('start') ? { startIndex: options.text('start') ?? '' } : {}),
    ...(options.has('count') ? { count: options.text('count') ?? '' } : {}),
  };
  const page = await raw.get(['Groups', 'External'], query);
  const byOrigin = new Map<string, Map<string, unknown>[]>();
  for (const { origin, displayName, externalGroup } of readMappings(page['resources'])) {
    const entry = new Map([[displayName, externalGroup]]);
    byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), entry]);
  }
  await run.printTree(toLowerCaseKeys(new Map(Object.entries({ ...page, resources: byOrigin }))));
}

interface MappingTexts {
  readonly origin: string;
  readonly displayName: string;
  readonly externalGroup: unknown;
}

function readMappings(resources: unknown): readonly MappingTexts[] {
  if (!Array.isArray(resources)) return [];
  return resources.filter(isObject).map(({ origin, displayName, externalGroup }) => ({
    origin: String(origin),
    displayName: String(displayName),
    externalGroup,
  }));
}

const defaultOrigin = 'ldap';

export async function map(run: UaacRun): Promise<void> {
  const { args, options, print } = run;
  const [externalGroup] = args;
  const [id, name] = [options.text('id'), options.text('name')];
  if (id === undefined && name === undefined) throw uaacError('Please provide a group name or id');
  if (externalGroup === undefined) throw uaacError('Please provide an external group');
  const origin = options.text('origin') ?? defaultOrigin;
  const group: GroupKey = id === undefined ? { name: name ?? '' } : { id };
  const resource = await createResource(run, createMappings);
  const { displayName } = await resource.map({ group, externalGroup, origin });
  await print(`Successfully mapped ${displayName} to ${externalGroup} for origin ${origin}`);
}

export async function unmap(run: UaacRun): Promise<void> {
  const { args, options, print } = run;
  const [name, externalGroup] = args;
  if (name === undefined || externalGroup === undefined) {
    throw uaacError('Please provide a group name and external group');
  }
  const origin = options.text('origin') ?? defaultOrigin;
  await printGroup(name, run).catch((error: unknown) => {
    throw replaceText(error, ...formatFailure(error).lines, `Group ${name} not found`);
  });
  const resource = await createResource(run, createMappings);
  await resource.unmap({ group: { name }, externalGroup, origin }).catch(async (error: unknown) => {
    if (!isTpksError(error) || error.kind !== 'notFound') throw error;
    const groupId = await (await createResource(run, createGroups)).findId({ name });
    const path = `/Groups/External/groupId/${groupId}/externalGroup/${externalGroup}/origin/${origin}`;
    throw replaceText(
      error,
      ...requestError(notFoundType, `invalid response from ${path}: 404`).lines,
    );
  });
  await print(`Successfully unmapped ${externalGroup} from ${name} for origin ${origin}`);
}
