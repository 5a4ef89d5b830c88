import { InvalidArgumentError } from 'commander';
import { TpksError } from '../../errors.js';
import type { List } from './list.js';
import { columnKeys, createValueReader, didYouMean, findColumn, hasField } from './list-keys.js';

/** The flags that select and sort the rows of a list. */
export interface SelectionFlags {
  /** A column or a field of the JSON output. */
  readonly sortBy?: string | undefined;
  readonly filter?: readonly Filter[];
}

interface Filter {
  readonly key: string;
  readonly value: string;
}

/** Creates a predicate that accepts the rows that match all filters. */
export function rowFilter<Row>(
  list: List<Row>,
  { filter = [] }: SelectionFlags,
): (row: Row) => boolean {
  const filters = filter.map(({ key, value }) => ({ read: createValueReader(list, key), value }));
  return (row) => filters.every(({ read, value }) => (read(row) ?? '') === value);
}

/** Returns the rows that match all filters, in the requested order. */
export function selectRows<Row>(
  list: List<Row>,
  rows: readonly Row[],
  flags: SelectionFlags,
): Row[] {
  const { sortBy } = flags;
  const selected = rows.filter(rowFilter(list, flags));
  if (sortBy === undefined) return selected;
  const read = createValueReader(list, sortBy);
  const collator = new Intl.Collator('en', { numeric: true });
  return selected
    .map((row) => ({ row, value: read(row) ?? '' }))
    .sort((a, b) => collator.compare(a.value, b.value))
    .map(({ row }) => row);
}

/** An option with a key that is neither a column nor a field of a row; probably a typo. */
interface UnknownKey {
  readonly option: '--filter' | '--sort-by';
  readonly key: string;
}

/** Maximum number of fields to list in the error about an unknown key. */
const maximumFields = 40;

/** Tracks which of the requested keys no row has, and collects the fields of the rows. */
export function createKeyTracker<Row>(list: List<Row>, { filter = [], sortBy }: SelectionFlags) {
  let missing: readonly UnknownKey[] = [
    ...filter.map(({ key }) => ({ option: '--filter' as const, key })),
    ...(sortBy === undefined ? [] : [{ option: '--sort-by' as const, key: sortBy }]),
  ].filter(({ key }) => findColumn(list, key) === undefined && list.fields?.includes(key) !== true);
  const fields = new Set<string>();
  let isEmpty = true;
  return {
    track: (row: Row): void => {
      isEmpty = false;
      if (missing.length === 0) return;
      missing = missing.filter(({ key }) => !hasField(row, key));
      for (const field of Object.keys(Object(row) as object)) {
        if (fields.size < maximumFields) fields.add(field);
      }
    },
    /**
     * @throws {TpksError} `usage` if no row has one of the keys or, for an empty list, if one of the keys
     *   is unknown.
     */
    rejectMissing: (): void => {
      const [first] = isEmpty ? missing.filter(({ key }) => !canHaveField(list, key)) : missing;
      if (first !== undefined) throw unknownKeyError(list, first, [...fields]);
    },
  };
}

/** @throws {TpksError} `usage` for a key of `--filter` or `--sort-by` that no row has. */
export function rejectUnknownKeys<Row>(
  list: List<Row>,
  rows: readonly Row[],
  flags: SelectionFlags,
): void {
  const keys = createKeyTracker(list, flags);
  rows.forEach(keys.track);
  keys.rejectMissing();
}

/** Whether rows can have a field (`a.b` for a nested one); `true` if the fields are unknown. */
function canHaveField<Row>({ fields }: List<Row>, key: string): boolean {
  return fields === undefined || fields.includes(key.split('.')[0] ?? '');
}

function unknownKeyError<Row>(
  list: List<Row>,
  { option, key }: UnknownKey,
  fields: readonly string[],
): TpksError {
  const keys = columnKeys(list);
  const others = [...fields, ...(list.fields ?? [])].filter((field) => !keys.includes(field));
  const suggestion = didYouMean(key, [...keys, ...others]);
  const fieldsText =
    others.length === 0 ? '' : `, or a JSON field: ${[...new Set(others)].sort().join(', ')}`;
  return new TpksError('usage', `Unknown key in ${option}: ${JSON.stringify(key)}${suggestion}`, {
    hint: `choose from ${keys.join(', ')}${fieldsText}`,
  });
}

/** Parses a `--filter` and appends it to the previous ones. @throws {InvalidArgumentError} */
export function collectFilter(text: string, previous: readonly Filter[] = []): Filter[] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('expected KEY=VALUE, e.g. status=failed');
  return [...previous, { key: text.slice(0, equals), value: text.slice(equals + 1) }];
}
