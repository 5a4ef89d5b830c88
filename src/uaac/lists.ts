import { toAttributeNames } from '../commands/uaa/objects.js';
import { toLowerCaseKeys } from './tree.js';
import { createResource, type UaacRun } from './uaac-run.js';
import { createRawObjects } from '../uaa/raw-objects.js';

type RawObject = Readonly<Record<string, unknown>>;

/** A list of the UAA. */
interface RawList {
  /** Unencoded segments of the path. */
  readonly path: readonly string[];
  /** Converts attribute names to the UAA's spelling; SCIM attributes if absent. */
  readonly toAttributeNames?: (names: readonly string[]) => readonly string[];
}

/** Prints one page as the UAA returns it. */
export async function printPage(run: UaacRun, list: RawList): Promise<void> {
  const { options, args } = run;
  const raw = await createResource(run, createRawObjects);
  const query = {
    ...toQuery(run, list),
    ...optionalParameter('filter', args[0]),
    ...optionalParameter('startIndex', options.text('start')),
    ...optionalParameter('count', options.text('count')),
  };
  await run.printTree(toLowerCaseKeys(await raw.get(list.path, query)));
}

/**
 * Prints all entries of a list, each under its name. If the names were not requested, the entries are
 * printed without them. With `--start` or `--count`, prints one page.
 * @param nameKey - the field with the name, in lower case.
 */
export async function printAll(
  run: UaacRun,
  list: RawList & { readonly nameKey: string },
): Promise<void> {
  const { options, args } = run;
  if (options.has('start') || options.has('count')) return printPage(run, list);
  const query = { ...toQuery(run, list), ...optionalParameter('filter', args[0]) };
  const raw = await createResource(run, createRawObjects);
  const entries = (await raw.list(list.path, query)).map(toEntry);
  const [first] = entries;
  if (typeof first?.get(list.nameKey) !== 'string') return run.printTree(entries);
  const entriesByName = entries.map((entry) => {
    const { [list.nameKey]: name, ...rest } = Object.fromEntries(entry);
    return [String(name), new Map(Object.entries(rest))] as const;
  });
  await run.printTree(new Map(entriesByName));
}

function toEntry(object: RawObject): ReadonlyMap<string, unknown> {
  const entry = toLowerCaseKeys(object);
  return entry instanceof Map ? entry : new Map<string, unknown>();
}

function toQuery(
  { options }: UaacRun,
  { toAttributeNames: convert = toAttributeNames }: RawList,
): Record<string, string> {
  const attributes = options.list('attributes');
  return attributes === undefined ? {} : { attributes: convert(attributes).join(',') };
}

function optionalParameter(key: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [key]: value };
}
