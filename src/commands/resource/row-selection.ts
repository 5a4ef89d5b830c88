import { InvalidArgumentError } from 'commander';
import { TpksError } from '../../base/errors.js';
import { didYouMean } from '../did-you-mean.js';
import { columnKeys, createValueReader, findColumn, hasField } from './list-keys.js';
import type { List } from './list-spec.js';

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

/** Returns the rows that match all filters, in the requested order. */
export function selectRows<Row>(
  list: List<Row>,
  rows: readonly Row[],
  { filter = [], sortBy }: SelectionFlags,
): Row[] {
  const filters = filter.map(({ key, value }) => ({ read: createValueReader(list, key), value }));
  const selected = rows.filter((row) =>
    filters.every(({ read, value }) => (read(row) ?? '') === value),
  );
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

/**
 * Rejects keys that no row has.
 * @throws {TpksError} `usage` for a key of `--filter` or `--sort-by` that no row has; for an empty list,
 *   if the key is unknown.
 */
export function rejectUnknownKeys<Row>(
  list: List<Row>,
  rows: readonly Row[],
  { filter = [], sortBy }: SelectionFlags,
): void {
  const keys: readonly UnknownKey[] = [
    ...filter.map(({ key }) => ({ option: '--filter' as const, key })),
    ...(sortBy === undefined ? [] : [{ option: '--sort-by' as const, key: sortBy }]),
  ];
  const missing = keys.find(
    ({ key }) =>
      findColumn(list, key) === undefined &&
      list.fields?.includes(key) !== true &&
      (rows.length === 0 ? !canHaveField(list, key) : !rows.some((row) => hasField(row, key))),
  );
  if (missing === undefined) return;
  const fields = new Set(rows.flatMap((row) => Object.keys(Object(row) as object)));
  throw unknownKeyError(list, missing, [...fields].slice(0, maximumFields));
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
