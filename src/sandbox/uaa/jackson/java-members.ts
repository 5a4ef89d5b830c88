import type { JsonParser, Token } from './json-tokens.js';
import { formatLocation, JsonError, type Location } from './json-error.js';

/**
 * Reads an object like UAA's own deserializers. They read names until any object ends, so an array
 * that contains an object is read like that object.
 *
 * @param readMember - reads the value of a member, which starts at the parser's current token.
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

/** Thrown if the real server never responds, because its deserializer waits for an object to end. */
export class EndlessLoopError extends Error {}

function isScalar({ type }: Token): boolean {
  return type.startsWith('VALUE_');
}

/** The error for a member that UAA's own deserializers do not know. */
export class UnrecognizedFieldError extends JsonError {
  private readonly source: string;

  /** @param location - where the parser stops after the start of the value. */
  constructor(location: Location) {
    super('databind.JsonMappingException', 'unrecognized field', location);
    this.source = formatLocation(location);
  }

  override describe(): string {
    return (
      'JSON parse error: unrecognized field; nested exception is com.fasterxml.jackson.databind.exc.' +
      `UnrecognizedPropertyException: unrecognized field (0 known properties: ])\n at ${this.source}`
    );
  }
}

/** @returns where the parser stops after the start of a value. It reads the rest of a string later. */
export function locationAfterStart({ type, text, location }: Token): Location {
  const isShort = type.startsWith('START_') || type === 'VALUE_STRING';
  return { ...location, column: location.column + (isShort ? 1 : text.length) };
}

/** @returns where the parser stops after a scalar value. Escapes in strings are not counted. */
export function locationAfterValue({ type, text, location }: Token): Location {
  const quotes = type === 'VALUE_STRING' ? 2 : 0;
  return { ...location, column: location.column + Buffer.byteLength(text) + quotes };
}
