import * as v from 'valibot';
import { isObject, type JsonObject } from '../../base/json-value.js';
import type { ValuePath } from './parsed-text.js';
import { createProblems, type InputFile, type Report } from './problems.js';

// The schemas for files from users. A message completes the sentence that starts with the position
// of the value. It never repeats a string, because that may be a misplaced secret.

/** Any string. */
export const text = v.string((issue) =>
  issue.input === null ? 'has no value; write "" for an empty string' : mustBe('a string')(issue),
);

/** A string that is not blank. */
export const nonBlankText = v.pipe(
  v.string(mustBe('a string')),
  v.check((value) => value.trim() !== '', 'is empty'),
);

export const flag = v.boolean(mustBe('true or false'));

export const texts = v.array(text, mustBe('a list of strings'));

/** The value may be absent or null. */
export function optional<const Schema extends v.GenericSchema>(schema: Schema) {
  return v.nullish(schema);
}

export interface NumberRule {
  /** The smallest number; 1 by default. */
  readonly from?: number;
  /** The largest number; no limit by default. */
  readonly to?: number;
  /** Noun for messages, e.g. `a port`. */
  readonly what?: string;
  /** What to do instead of using a smaller number. */
  readonly hint?: string;
}

export function wholeNumber({
  from = 1,
  to = Number.MAX_SAFE_INTEGER,
  what = 'a whole number',
  hint,
}: NumberRule = {}) {
  const mustBeWhole = mustBe(what);
  return v.pipe(
    v.custom<number>(
      (value) => Number.isSafeInteger(value),
      (issue) =>
        typeof issue.input === 'number'
          ? `must be ${what}, not ${String(issue.input)}`
          : mustBeWhole(issue),
    ),
    v.minValue(from, ({ input }) => {
      const message = `must be ${String(from)} or more, not ${String(input)}`;
      return hint === undefined ? message : `${message}; ${hint}`;
    }),
    v.maxValue(to, ({ input }) => `must be ${String(to)} or less, not ${String(input)}`),
  );
}

/** @param example - shown in the message if the value is not a list. */
export function list<const Item extends v.GenericSchema>(item: Item, example?: string) {
  return v.array(item, mustBe(example === undefined ? 'a list' : `a list such as ${example}`));
}

const anyObject = v.custom<JsonObject>(isObject, mustBe('an object'));

export function record<const Value extends v.GenericSchema>(value: Value) {
  return v.pipe(anyObject, v.record(v.string(), value));
}

/** An object that may have more members than these. */
export function object<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(anyObject, v.looseObject(entries, mustBe('an object')));
}

/** An object without other members. @param forbidden - members that are errors with their own message. */
export function strictObject<
  const Entries extends v.ObjectEntries,
  const Forbidden extends v.ObjectEntries,
>(entries: Entries, forbidden: Forbidden) {
  const unknown = `is unknown (choose from ${Object.keys(entries).join(', ')})`;
  const rest = v.never(unknown);
  return v.pipe(
    anyObject,
    v.objectWithRest({ ...entries, ...forbidden }, rest, mustBe('an object')),
  );
}

/** A member that is always an error. */
export function notAllowed(message: string) {
  return v.optional(v.never(message));
}

/** A schema that depends on the value. */
export function choose<const Schema extends v.GenericSchema>(choice: (value: unknown) => Schema) {
  return v.lazy(choice);
}

/** Adds a rule to a schema. It also runs if the value does not match, so that all problems are reported together. */
export function withRule<const Schema extends v.GenericSchema>(
  schema: Schema,
  rule: (value: unknown, report: (valuePath: ValuePath, message: string) => void) => void,
) {
  return v.pipe(
    schema,
    v.rawCheck(({ dataset, addIssue }) => {
      const { value } = dataset;
      rule(value, (valuePath, message) =>
        addIssue({ message, path: toIssuePath(value, valuePath) }),
      );
    }),
  );
}

function toIssuePath(
  value: unknown,
  valuePath: ValuePath,
): [v.IssuePathItem, ...v.IssuePathItem[]] | undefined {
  const [first, ...rest] = valuePath.map((key): v.IssuePathItem => ({
    type: 'unknown',
    origin: 'key',
    input: value,
    key,
    value: undefined,
  }));
  return first && [first, ...rest];
}

function mustBe(what: string): (issue: v.BaseIssue<unknown>) => string {
  return ({ input }) => {
    if (input === undefined) return 'is missing';
    if (input === null) return 'has no value';
    const isQuotable = what === 'a string' && typeof input !== 'object';
    return `must be ${what}, not ${describe(input)}${isQuotable ? '; put it in quotes' : ''}`;
  };
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * Checks a whole file. Members that are not in the schema are kept.
 * @param schema - must not convert values.
 * @param name - what to call the value as a whole in messages.
 * @throws {TpksError} `usage` that lists every problem with its line
 */
export function validate<Schema extends v.GenericSchema>(
  file: InputFile,
  schema: Schema,
  name = 'the file',
): v.InferOutput<Schema> {
  const { report, throwIfAny } = createProblems(file);
  const { issues = [] } = v.safeParse(schema, file.value);
  for (const issue of issues) {
    const valuePath = valuePathOf(issue);
    report(
      valuePath,
      `${valuePath.length === 0 ? name : formatValuePath(valuePath)} ${issue.message}`,
    );
  }
  throwIfAny();
  return file.value;
}

export interface PartOptions {
  readonly valuePath: ValuePath;
  /** Starts each message, e.g. `user cody`. */
  readonly name: string;
  readonly report: Report;
}

/** Checks and converts one part of a file; `undefined` if it has problems, which have been reported. */
export function convertPart<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  { valuePath, name, report }: PartOptions,
): v.InferOutput<Schema> | undefined {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  for (const issue of result.issues) {
    const inner = valuePathOf(issue);
    const position = inner.length === 0 ? '' : `${formatValuePath(inner)} `;
    report([...valuePath, ...inner], `${name}: ${position}${issue.message}`);
  }
  return undefined;
}

function valuePathOf({ path }: v.BaseIssue<unknown>): ValuePath {
  return (path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
}

/** E.g. `parameters.azs[0].name`. */
function formatValuePath(valuePath: ValuePath): string {
  return valuePath
    .map((step) => (typeof step === 'number' ? `[${String(step)}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}
