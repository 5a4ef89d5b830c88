import type { JsonObject } from '../json-value.js';
import type { ValuePath } from '../input/parsed-text.js';
import type { Problem } from '../input/problems.js';
import type { UnusableEntry } from './old-file.js';

/** The parsed content of a file of `uaac`. */
export interface UaacDocument {
  /** The path for messages. */
  readonly path: string;
  readonly value: JsonObject;
  readonly lineOf: (valuePath: ValuePath) => number;
}

/** A document, and what was found in it. */
export interface Reader extends UaacDocument {
  readonly now: Date;
  readonly problems: Problem[];
  readonly unusable: UnusableEntry[];
  readonly notes: string[];
}

/** An object in the file. */
export interface Entry {
  readonly valuePath: ValuePath;
  readonly members: JsonObject;
}

export interface Member {
  readonly valuePath: ValuePath;
  /** `undefined` if the member does not exist. */
  readonly value: unknown;
}

/** Finds a member by its name. Ruby writes a symbol as `:name`. */
export function findMember({ valuePath, members }: Entry, name: string): Member {
  const key = [name, `:${name}`].find((candidate) => Object.hasOwn(members, candidate)) ?? name;
  const value = Object.hasOwn(members, key) ? members[key] : undefined;
  return { valuePath: [...valuePath, key], value };
}

/** The name of a key, without the colon of a Ruby symbol. */
export function stripSymbol(key: string): string {
  return key.replace(/^:/, '');
}

/** @returns the text; `undefined` if it is absent, empty, or invalid (and reported). */
export function readText(
  { value, valuePath }: Member,
  name: string,
  { lineOf, problems }: Reader,
): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') {
    problems.push({ line: lineOf(valuePath), text: `${name} must be a string` });
    return undefined;
  }
  // Spaces or line breaks could add a header to a request. @see RFC 6750, section 2.1
  if (name.endsWith('_token') && /[^\x21-\x7e]/.test(value)) {
    const text = `${name} contains characters that are not allowed in a token`;
    problems.push({ line: lineOf(valuePath), text });
    return undefined;
  }
  return value;
}
