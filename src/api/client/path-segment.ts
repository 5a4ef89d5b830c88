import { TpksError } from '../../base/errors.js';

/** Servers close the connection if the request line is much longer. */
const maximumSegmentLength = 4000;

/**
 * Encodes a name as one segment of a URL path.
 * @param what - the kind of name, for the error message, e.g. `user id`.
 * @throws {TpksError} `usage` for a name that a path cannot contain.
 */
export function encodePathSegment(name: string, what = 'name'): string {
  return encodeURIComponent(validateSegment(name, what));
}

/**
 * Checks that {@link encodePathSegment} can encode a name. If an object were created under any other name, it
 * could not be addressed later.
 * @returns the name, unchanged.
 * @throws {TpksError} `usage`
 */
export function validateSegment(name: string, what = 'name'): string {
  const problem = describeSegmentProblem(name);
  if (problem === undefined) return name;
  throw new TpksError('usage', `The ${what} ${problem}`, { hint: 'nothing was sent' });
}

/**
 * Checks a name that is sent in a query or a body, where every name except an empty one is possible.
 * @returns the name, unchanged.
 * @throws {TpksError} `usage`
 */
export function validateNotEmpty(name: string, what = 'name'): string {
  return name.trim() === '' ? validateSegment(name, what) : name;
}

/**
 * Describes why a path cannot contain a name; `undefined` if it can.
 * @returns e.g. `is empty`
 */
export function describeSegmentProblem(name: string): string | undefined {
  // An empty segment, or one that consists of dots, leads to another route even if it is encoded.
  if (name.trim() === '') return 'is empty';
  if (name === '.' || name === '..') return `cannot be "${name}"`;
  if (!name.isWellFormed()) return 'contains an incomplete Unicode character';
  if (encodeURIComponent(name).length <= maximumSegmentLength) return undefined;
  return `is too long: it has ${String(name.length)} characters`;
}

/**
 * Returns what part of a text a path of the UAA cannot contain, even if it is encoded. The servlet
 * container and the firewall of the UAA reject such paths.
 * @returns e.g. `a slash`; `undefined` if the path can contain the text.
 * @see uaac, section 12; Tomcat's `ALLOW_ENCODED_SLASH`, Spring Security's `StrictHttpFirewall`
 */
export function describeUaaPathProblem(text: string): string | undefined {
  if (text === '.' || text === '..') return 'only dots';
  if (!text.isWellFormed()) return 'an incomplete Unicode character';
  return rejectedPatterns.find(([pattern]) => pattern.test(text))?.[1];
}

const rejectedPatterns: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\//, 'a slash'],
  [/\\/, 'a backslash'],
  [/%/, 'a percent sign'],
  [/;/, 'a semicolon'],
  [/\0/, 'a null byte'],
  // The path variables of the UAA's routes do not match line breaks.
  [/[\n\r\u0085\u2028\u2029]/, 'a line break'],
];
