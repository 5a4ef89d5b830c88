import type { InputFile } from './input-file.js';
import { problemsError, type Place, type Problem } from './problems.js';

/**
 * The members of one object in a file. Each reader notes what is wrong with a member and goes on,
 * so that all is told at once; it returns `undefined` for what is absent or wrong.
 */
export interface InputMembers {
  readonly text: (key: string, rule?: Rule) => string | undefined;
  /** A whole number, from 1 on unless `from` says otherwise. */
  readonly count: (key: string, rule?: Rule & { readonly from?: number }) => number | undefined;
  readonly flag: (key: string, rule?: Rule) => boolean | undefined;
  readonly texts: (key: string, rule?: Rule) => readonly string[] | undefined;
  readonly members: (key: string, rule?: Rule) => InputMembers | undefined;
  /** The objects of a list. */
  readonly list: (key: string, rule?: Rule) => readonly InputMembers[];
  readonly has: (key: string) => boolean;
  /** The members as they stand there. */
  readonly all: () => Readonly<Record<string, unknown>>;
  /** Notes what is wrong with a member, or with the object itself. */
  readonly report: (key: string | undefined, text: string) => void;
}

export interface Rule {
  readonly required?: boolean;
}

/**
 * Reads a file's root object.
 *
 * @param read - looks at every member that matters.
 * @returns what `read` makes of it.
 * @throws {TpksError} `usage` with everything that was wrong, by line.
 */
export function readMembers<T>(file: InputFile, read: (root: InputMembers) => T): T {
  const problems: Problem[] = [];
  const note = (place: Place, text: string): void => {
    problems.push({ line: file.lineOf(place), text });
  };
  const { value } = file;
  if (!isObject(value)) {
    note([], `the file must hold an object with members, not ${named(value)}`);
    throw problemsError(file.path, problems);
  }
  const result = read(membersAt([], value, note));
  if (problems.length > 0) throw problemsError(file.path, problems);
  return result;
}

type Note = (place: Place, text: string) => void;

function membersAt(
  place: Place,
  object: Readonly<Record<string, unknown>>,
  note: Note,
): InputMembers {
  const has = (key: string): boolean => Object.hasOwn(object, key) && object[key] !== null;
  const report = (key: string | undefined, text: string): void => {
    const at = key === undefined ? place : [...place, key];
    note(at, at.length === 0 ? text : `${dotted(at)} ${text}`);
  };
  /** The member, if it is there and fits. */
  const fitting = <T>(
    key: string,
    what: string,
    fits: (value: unknown) => value is T,
    { required = false }: Rule,
  ): T | undefined => {
    const value = has(key) ? object[key] : undefined;
    if (value === undefined) {
      if (required) report(key, 'is missing');
      return undefined;
    }
    if (fits(value)) return value;
    report(key, `must be ${what}, not ${named(value)}`);
    return undefined;
  };
  const inner = (key: string, value: Readonly<Record<string, unknown>>, index?: number) =>
    membersAt([...place, key, ...(index === undefined ? [] : [index])], value, note);
  return {
    has,
    all: () => object,
    report,
    text: (key, rule = {}) => {
      const found = fitting(key, 'a text', isText, rule);
      if (found?.trim() !== '' || rule.required !== true) return found;
      report(key, 'is empty');
      return undefined;
    },
    count: (key, { from = 1, ...rule } = {}) => {
      const found = fitting(key, 'a whole number', isWhole, rule);
      if (found === undefined || found >= from) return found;
      report(key, `must be ${String(from)} or more, not ${String(found)}`);
      return undefined;
    },
    flag: (key, rule = {}) => fitting(key, 'true or false', isFlag, rule),
    texts: (key, rule = {}) => fitting(key, 'a list of texts', isTexts, rule),
    members: (key, rule = {}) => {
      const found = fitting(key, 'an object with members', isObject, rule);
      return found && inner(key, found);
    },
    list: (key, rule = {}) =>
      (fitting(key, 'a list', Array.isArray, rule) ?? []).flatMap((item: unknown, index) => {
        if (isObject(item)) return [inner(key, item, index)];
        const at = [...place, key, index];
        note(at, `${dotted(at)} must be an object with members, not ${named(item)}`);
        return [];
      }),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

/** E.g. `parameters.azs[0].name`. */
function dotted(place: Place): string {
  return place
    .map((step) => (typeof step === 'number' ? `[${String(step)}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** What a value is, in a word, and a short one itself. */
function named(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}
