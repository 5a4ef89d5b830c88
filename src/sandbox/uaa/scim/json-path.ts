import { isObject } from '../../body.js';

/** Thrown for an invalid path. */
export class InvalidPathError extends Error {}

/** Finds the value at a path. Returns undefined if a part of the path does not exist. */
export type JsonPath = (value: unknown) => unknown;

type Step =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | {
      readonly kind: 'slice';
      readonly start?: number | undefined;
      readonly end?: number | undefined;
    }
  | { readonly kind: 'all' }
  | { readonly kind: 'deep' }
  | { readonly kind: 'length' };

/**
 * Compiles a JSONPath. Rejects filters and functions other than `length()` and `size()`.
 *
 * @throws InvalidPathError
 * @see Jayway JsonPath `PathCompiler`, which UAA uses for the attributes of lists
 */
export function compileJsonPath(text: string): JsonPath {
  const path = text.trim();
  if (path.endsWith('.')) throw new InvalidPathError('Path must not end with a "."');
  const steps: Step[] = [];
  for (let rest = path.slice(1); rest !== '';) {
    const [step, length] = readStep(rest);
    steps.push(...step);
    rest = rest.slice(length);
  }
  const isDefinite = steps.every(isDefiniteStep);
  return (value) => {
    const found = evaluate(value, steps, true);
    if (!found) return undefined;
    return isDefinite ? found[0] : found;
  };
}

const functionNames: readonly string[] = ['length', 'size'];

/** @returns the steps at the start of the text, and the length of their text. */
function readStep(text: string): readonly [steps: readonly Step[], length: number] {
  const dots = /^\.{0,2}/.exec(text)?.[0] ?? '';
  const rest = text.slice(dots.length);
  const deep: readonly Step[] = dots === '..' ? [{ kind: 'deep' }] : [];
  const [step, length] = readSelector(rest);
  return [[...deep, step], dots.length + length];
}

function readSelector(text: string): readonly [step: Step, length: number] {
  if (text.startsWith('*')) return [{ kind: 'all' }, 1];
  if (text.startsWith('[')) return readBrackets(text);
  const [, name = '', call] = /^([^.[*( ]*)(\()?/.exec(text) ?? [];
  if (call !== undefined) {
    const length = name.length + 2;
    if (!functionNames.includes(name) || text.slice(name.length, length) !== '()') {
      throw new InvalidPathError(`no function ${name}`);
    }
    return [{ kind: 'length' }, length];
  }
  if (name === '' || /\s/.test(text.charAt(name.length))) {
    throw new InvalidPathError(`unexpected character in ${text}`);
  }
  return [{ kind: 'names', names: [name] }, name.length];
}

function readBrackets(text: string): readonly [step: Step, length: number] {
  const [all, content = ''] = /^\[\s*('[^']*'(?:\s*,\s*'[^']*')*|[^\]]*)\s*\]/.exec(text) ?? [];
  if (all === undefined) throw new InvalidPathError(`no closing bracket in ${text}`);
  const length = all.length;
  if (content.trim() === '*') return [{ kind: 'all' }, length];
  if (/^['"]/.test(content)) {
    const names = [...content.matchAll(/'([^']*)'|"([^"]*)"/g)];
    return [{ kind: 'names', names: names.map(([, a, b]) => a ?? b ?? '') }, length];
  }
  if (/^-?\d+(\s*,\s*-?\d+)*$/.test(content)) {
    return [{ kind: 'indexes', indexes: content.split(',').map(Number) }, length];
  }
  const [slice, start = '', end = ''] = /^(-?\d*):(-?\d*)$/.exec(content) ?? [];
  if (slice === undefined) throw new InvalidPathError(`invalid brackets in ${text}`);
  const toIndex = (digits: string) => (digits === '' ? undefined : Number(digits));
  return [{ kind: 'slice', start: toIndex(start), end: toIndex(end) }, length];
}

function isDefiniteStep(step: Step): boolean {
  if (step.kind === 'names') return step.names.length === 1;
  if (step.kind === 'indexes') return step.indexes.length === 1;
  return step.kind === 'length';
}

/**
 * Finds all values.
 *
 * @param isRequired - whether the whole path has no value if the next step finds nothing. This is the
 *   case if all steps before it are definite.
 * @returns undefined if the path has no value.
 */
function evaluate(
  value: unknown,
  [step, ...rest]: readonly Step[],
  isRequired: boolean,
): readonly unknown[] | undefined {
  if (!step) return [value];
  const selected = select(value, step);
  if (selected === undefined) return isRequired ? undefined : [];
  const isNextRequired = isRequired && isDefiniteStep(step);
  const found = selected.map((item) => evaluate(item, rest, isNextRequired));
  if (isNextRequired && found.includes(undefined)) return undefined;
  return found.flatMap((items) => items ?? []);
}

/** @returns undefined if the step cannot be applied to the value. */
function select(value: unknown, step: Step): readonly unknown[] | undefined {
  if (step.kind === 'deep') return listDescendants(value);
  if (step.kind === 'all') {
    return typeof value === 'object' && value !== null ? listValues(value) : undefined;
  }
  if (step.kind === 'names') return selectNames(value, step.names);
  if (step.kind === 'length') return selectLength(value);
  if (!Array.isArray(value)) return undefined;
  const items: readonly unknown[] = value;
  if (step.kind === 'slice') return items.slice(step.start, step.end);
  const found = step.indexes.filter((index) => index < items.length && index >= -items.length);
  return found.length === 0 ? undefined : found.map((index) => items.at(index));
}

function selectNames(value: unknown, names: readonly string[]): readonly unknown[] | undefined {
  if (!isObject(value)) return undefined;
  const [name = ''] = names;
  if (names.length === 1) return isPresent(value, name) ? [value[name]] : undefined;
  const known = names.filter((candidate) => isPresent(value, candidate));
  return [Object.fromEntries(known.map((candidate) => [candidate, value[candidate]]))];
}

/** Ignores inherited properties, because the name comes from the request. */
function isPresent(value: Readonly<Record<string, unknown>>, name: string): boolean {
  return Object.hasOwn(value, name) && value[name] !== undefined;
}

function selectLength(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return [value.length];
  return isObject(value) ? [listValues(value).length] : [null];
}

function listDescendants(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...listValues(value).flatMap(listDescendants)];
}

/** Omits undefined values, which are not in the JSON text of a resource. */
function listValues(value: object): readonly unknown[] {
  return Object.values(value).filter((item) => item !== undefined);
}
