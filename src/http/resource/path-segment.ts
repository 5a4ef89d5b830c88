import { TpksError } from '../../errors.js';

/** Servers close the connection if the request line is longer. */
const maximumSegmentLength = 4000;

/**
 * Encodes a name as one segment of a URL's path.
 * @param what - for the error, e.g. `user id`.
 * @throws {TpksError} `usage` for a name that no path can contain.
 */
export function pathSegment(name: string, what = 'name'): string {
  return encodeURIComponent(checkSegment(name, what));
}

/**
 * Checks that {@link pathSegment} can encode a name: an object that is created under another name
 * could never be addressed.
 * @returns the name as it is.
 * @throws {TpksError} `usage`
 */
export function checkSegment(name: string, what = 'name'): string {
  const fault = describeSegmentProblem(name);
  if (fault === undefined) return name;
  throw new TpksError('usage', `The ${what} ${fault}`, { hint: 'nothing was sent' });
}

/**
 * Checks a name that is looked up by a query or sent in a body, where only the empty name is
 * impossible.
 * @returns the name as it is.
 * @throws {TpksError} `usage`
 */
export function checkNotEmpty(name: string, what = 'name'): string {
  return name.trim() === '' ? checkSegment(name, what) : name;
}

function describeSegmentProblem(name: string): string | undefined {
  // An empty segment, or one of dots, would lead to another route, no matter how it is encoded.
  if (name.trim() === '') return 'is empty';
  if (name === '.' || name === '..') return `cannot be "${name}"`;
  if (!name.isWellFormed()) return 'contains half a character';
  if (encodeURIComponent(name).length <= maximumSegmentLength) return undefined;
  return `is too long: it has ${String(name.length)} characters`;
}

/**
 * Why a path of the UAA cannot contain a text, however it is encoded: its servlet container and its
 * firewall reject such paths before the UAA sees them.
 * @returns e.g. `a slash`; `undefined` if it can.
 * @see uaac, section 12; Tomcat's `ALLOW_ENCODED_SLASH`, Spring Security's `StrictHttpFirewall`
 */
export function rejectedInUaaPath(text: string): string | undefined {
  if (text === '.' || text === '..') return 'nothing but dots';
  if (!text.isWellFormed()) return 'half a character';
  return rejectedPatterns.find(([pattern]) => pattern.test(text))?.[1];
}

const rejectedPatterns: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\//, 'a slash'],
  [/\\/, 'a backslash'],
  [/%/, 'a percent sign'],
  [/;/, 'a semicolon'],
  [/\0/, 'a zero byte'],
  // A variable in the path of a route ends there.
  [/[\n\r\u0085\u2028\u2029]/, 'a line break'],
];
