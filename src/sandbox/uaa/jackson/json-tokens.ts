import { formatLocation, JsonError, type Location } from './json-error.js';
import { createScanner, type Scanner } from './json-scanner.js';

export type TokenType =
  | 'START_OBJECT'
  | 'END_OBJECT'
  | 'START_ARRAY'
  | 'END_ARRAY'
  | 'FIELD_NAME'
  | 'VALUE_STRING'
  | 'VALUE_NUMBER_INT'
  | 'VALUE_NUMBER_FLOAT'
  | 'VALUE_TRUE'
  | 'VALUE_FALSE'
  | 'VALUE_NULL';

export interface Token {
  readonly type: TokenType;
  /** The decoded text of a name or a string, or the unchanged text of any other value. */
  readonly text: string;
  /** Where the token starts. */
  readonly location: Location;
}

/** Reads tokens one by one, so that errors are found in the same order as on the real server. */
export interface JsonParser {
  /** The token that was read last; initially the first one. */
  readonly current: () => Token;
  /** Where the last value starts, even if the value is invalid. */
  readonly location: () => Location;
  /**
   * Reads the next token.
   *
   * @throws JsonError for invalid JSON.
   */
  readonly next: () => Token;
  /** Skips the members of the object or array that starts at the current token. */
  readonly skipChildren: () => void;
}

interface Container {
  readonly kind: 'Object' | 'Array';
  readonly location: Location;
  isEmpty: boolean;
}

/**
 * Creates a parser for the JSON text of a request, with the errors of Jackson. Like Jackson, it
 * ignores anything after the first value.
 *
 * @throws JsonError if the text is blank.
 * @see Jackson 2.9 `UTF8StreamJsonParser`
 */
export function createJsonParser(text: string): JsonParser {
  const scanner = createScanner(text);
  const containers: Container[] = [];
  let isAfterName = false;
  let invalidString: JsonError | undefined;
  let lastLocation: Location = { line: 1, column: 0 };

  if (scanner.skipSpaces() === undefined) {
    throw new JsonError(
      'databind.exc.MismatchedInputException',
      'No content to map due to end-of-input',
      { line: 1, column: 0 },
    );
  }
  let token = readValue();

  function next(): Token {
    if (invalidString) throw invalidString;
    token = readToken();
    return token;
  }

  function readToken(): Token {
    const container = containers.at(-1);
    if (!container) throw new Error('No token follows the first value');
    if (isAfterName) {
      isAfterName = false;
      return readValue();
    }
    const { kind } = container;
    let character = readRequired(container);
    const end = kind === 'Object' ? '}' : ']';
    if (character === end) return closeContainer(end);
    if (character === '}' || character === ']') {
      lastLocation = scanner.location();
      throw scanner.unexpectedCloseError(character, describeStart(container));
    }
    if (!container.isEmpty) {
      if (character !== ',') {
        throw scanner.unexpectedCharacterError(`was expecting comma to separate ${kind} entries`);
      }
      scanner.skip();
      const following = scanner.skipSpaces();
      if (following === undefined) throw scanner.endOfEntriesError(kind);
      character = following;
    }
    container.isEmpty = false;
    return kind === 'Object' ? readName(character) : readValue();
  }

  function readRequired({ kind, location }: Container): string {
    const character = scanner.skipSpaces();
    if (character !== undefined) return character;
    throw scanner.endOfInputError(
      `: expected close marker for ${kind} (start marker at ${formatLocation(location)})`,
    );
  }

  function describeStart({ kind, location }: Container): string {
    return `${kind} starting at ${formatLocation(location)}`;
  }

  function closeContainer(end: '}' | ']'): Token {
    const location = scanner.location();
    lastLocation = location;
    containers.pop();
    scanner.skip();
    return { type: end === '}' ? 'END_OBJECT' : 'END_ARRAY', text: end, location };
  }

  function readName(character: string): Token {
    const location = scanner.location();
    if (character !== '"') {
      throw scanner.unexpectedCharacterError('was expecting double-quote to start field name');
    }
    const name = scanner.readString(' in field name');
    const colon = scanner.skipSpaces();
    if (colon === undefined) throw scanner.endOfInputError(' within/between Object entries');
    if (colon !== ':') {
      throw scanner.unexpectedCharacterError(
        'was expecting a colon to separate field name and value',
      );
    }
    scanner.skip();
    isAfterName = true;
    return { type: 'FIELD_NAME', text: name, location };
  }

  function readValue(): Token {
    const character = scanner.skipSpaces();
    if (character === undefined) throw scanner.endOfInputError(' within/between Object entries');
    const location = scanner.location();
    lastLocation = location;
    if (character === '{' || character === '[') {
      scanner.skip();
      const kind = character === '{' ? 'Object' : 'Array';
      containers.push({ kind, location, isEmpty: true });
      return {
        type: kind === 'Object' ? 'START_OBJECT' : 'START_ARRAY',
        text: character,
        location,
      };
    }
    const container = containers.at(-1);
    if (!container && (character === '}' || character === ']')) {
      const root = `root starting at ${formatLocation({ line: 1, column: 0 })}`;
      throw scanner.unexpectedCloseError(character, root);
    }
    if (character === '"') return readStringValue(location);
    return { ...readScalar(scanner, character, container?.kind === 'Array'), location };
  }

  /** Like Jackson, reports an invalid string only when its text is used or the next token is read. */
  function readStringValue(location: Location): Token {
    try {
      return { type: 'VALUE_STRING', text: scanner.readString(' in VALUE_STRING'), location };
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      invalidString = error;
      return {
        type: 'VALUE_STRING',
        get text(): string {
          throw error;
        },
        location,
      };
    }
  }

  function skipChildren(): void {
    const depth = containers.length;
    if (token.type !== 'START_OBJECT' && token.type !== 'START_ARRAY') return;
    while (containers.length >= depth) next();
  }

  return { current: () => token, location: () => lastLocation, next, skipChildren };
}

/** The expected words in the error for an invalid literal. */
const literalNames = "'null', 'true', 'false' or NaN";

const literals: readonly (readonly [string, TokenType])[] = [
  ['true', 'VALUE_TRUE'],
  ['false', 'VALUE_FALSE'],
  ['null', 'VALUE_NULL'],
];

function readScalar(
  scanner: Scanner,
  character: string,
  isInArray: boolean,
): Omit<Token, 'location'> {
  if (character === '+') throw scanner.invalidNumberStartError();
  if (/[-\d]/.test(character)) {
    const text = scanner.readNumber();
    return { type: /^-?\d+$/.test(text) ? 'VALUE_NUMBER_INT' : 'VALUE_NUMBER_FLOAT', text };
  }
  for (const name of ['NaN', 'Infinity']) {
    if (character !== name[0]) continue;
    throw scanner.nonStandardNumberError(name) ?? scanner.invalidTokenError(literalNames);
  }
  for (const [text, type] of literals) {
    if (character !== text[0]) continue;
    scanner.readLiteral(text, literalNames);
    return { type, text };
  }
  if (character === '}' || character === ',' || (character === ']' && isInArray)) {
    throw scanner.unexpectedCharacterError('expected a value');
  }
  if (/[\p{L}$_]/u.test(character)) throw scanner.invalidTokenError("('true', 'false' or 'null')");
  throw scanner.unexpectedCharacterError(
    "expected a valid value (number, String, array, object, 'true', 'false' or 'null')",
  );
}
