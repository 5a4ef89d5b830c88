import type { JsonParser, Token } from './json-tokens.js';
import { formatLocation, JsonError, type Location } from './json-error.js';

/**
 * Reads an object as UAA's own deserializers do: they read all names until an object ends, so they
 * read a list that contains an object like that object.
 *
 * @param readMember - reads the member of this name, which starts at the parser's current token.
 * @throws EndlessLoopError if no object ends.
 */
export function readMembers(parser: JsonParser, readMember: (name: string) => void): void {
  if (isScalar(parser.current())) throw new EndlessLoopError();
  let depth = 1;
  for (;;) {
    const { type, text } = parser.next();
    if (type === 'END_OBJECT') return;
    if (type === 'START_ARRAY' || type === 'START_OBJECT') depth += 1;
    if (type === 'END_ARRAY') depth -= 1;
    if (depth === 0) throw new EndlessLoopError();
    if (type !== 'FIELD_NAME') continue;
    const { type: valueType } = parser.next();
    readMember(text);
    const isUnread = parser.current().type === valueType && valueType.startsWith('START_');
    if (isUnread) depth += 1;
  }
}

/** The real server never responds to such a body: its deserializer waits for the end of an object. */
export class EndlessLoopError extends Error {}

function isScalar({ type }: Token): boolean {
  return type.startsWith('VALUE_');
}

/** The error for a name that UAA's own deserializer does not know. */
export class UnrecognizedFieldError extends JsonError {
  private readonly place: string;

  /** @param location - where the parser stops after the start of the value. */
  constructor(location: Location) {
    super('databind.JsonMappingException', 'unrecognized field', location);
    this.place = formatLocation(location);
  }

  override describe(): string {
    return (
      'JSON parse error: unrecognized field; nested exception is com.fasterxml.jackson.databind.exc.' +
      `UnrecognizedPropertyException: unrecognized field (0 known properties: ])\n at ${this.place}`
    );
  }
}

/** @returns where the parser stops before it has read the rest of a string. */
export function locationAfterStart({ type, text, location }: Token): Location {
  const isShort = type.startsWith('START_') || type === 'VALUE_STRING';
  return { ...location, column: location.column + (isShort ? 1 : text.length) };
}

/** @returns where the parser stops after a scalar value. Escapes in strings are not counted. */
export function locationAfterValue({ type, text, location }: Token): Location {
  const quotes = type === 'VALUE_STRING' ? 2 : 0;
  return { ...location, column: location.column + Buffer.byteLength(text) + quotes };
}
