import { createRawObjects } from '../api/uaa/list-resources.js';
import { toAttributeNames } from '../commands/uaa/attribute-names.js';
import { toLowerCaseFields } from './tree.js';
import { requireContext, type UaacRun } from './uaac-run.js';

interface RawList {
  /** Unencoded segments of the path. */
  readonly path: readonly string[];
  /** Converts attribute names to the UAA's spelling. By default, they are SCIM attributes. */
  readonly toAttributeNames?: (names: readonly string[]) => readonly string[];
}

/** Prints one page of a list, as the UAA returns it. */
export async function printPage(run: UaacRun, list: RawList): Promise<void> {
  await requireContext(run);
  const raw = run.services.uaaResource(createRawObjects);
  await run.printTree(toLowerCaseFields(await raw.get(list.path, toQuery(run, list))));
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
  if (run.options.has('start') || run.options.has('count')) return printPage(run, list);
  await requireContext(run);
  const raw = run.services.uaaResource(createRawObjects);
  const entries = (await raw.list(list.path, toQuery(run, list))).map(toLowerCaseFields);
  if (typeof entries[0]?.get(list.nameKey) !== 'string') return run.printTree(entries);
  const entriesByName = new Map<string, unknown>();
  for (const entry of entries) {
    entriesByName.set(String(entry.get(list.nameKey)), entry);
    entry.delete(list.nameKey);
  }
  await run.printTree(entriesByName);
}

export function toQuery(
  { args, options }: UaacRun,
  { toAttributeNames: convert = toAttributeNames }: Partial<RawList> = {},
): Readonly<Record<string, string>> {
  const attributes = options.list('attributes');
  const query = {
    attributes: attributes && convert(attributes).join(','),
    filter: args[0],
    startIndex: options.text('start'),
    count: options.text('count'),
  };
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
