import * as v from 'valibot';
import type { InputFile, ValuePath } from './parsed-text.js';
import { createProblems, type Report } from './problems.js';

/**
 * Checks a whole file.
 * @param schema - must not convert values.
 * @param name - what to call the value as a whole in messages.
 * @returns the value of the file, including members that are not in the schema.
 * @throws {TpksError} `usage` with every problem, by line
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

/**
 * Checks and converts one part of a file.
 * @returns `undefined` if it has problems, which have been reported.
 */
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
