import { JsonError, type Location } from './json-error.js';

/** Reads the characters of a JSON text, and creates errors for them. */
export type Scanner = ReturnType<typeof createScanner>;

/**
 * Creates a scanner. It works on the bytes of the text, because the columns in Jackson's errors are
 * numbers of bytes.
 */
export function createScanner(body: string) {
  const text = Buffer.from(body.replace(/^\ufeff/, ''), 'utf8').toString('latin1');
  let position = 0;
  let line = 1;
  let lineStart = 0;

  const location = (): Location => ({ line, column: position - lineStart + 1 });

  function skipSpaces(): string | undefined {
    for (; position < text.length; position += 1) {
      const character = text.charAt(position);
      if (character === '\n') {
        line += 1;
        lineStart = position + 1;
      } else if (!/[ \t\r]/.test(character)) {
        if (character === '/') {
          throw unexpectedCharacterError(
            'maybe a (non-standard) comment? (not recognized as one since Feature ' +
              "'ALLOW_COMMENTS' not enabled for parser)",
          );
        }
        return character;
      }
    }
    return undefined;
  }

  /** The location of an error after the current character has been read. */
  const locationAfter = (): Location => ({ line, column: position - lineStart + 2 });

  const syntaxError = (problem: string, errorLocation: Location = locationAfter()): JsonError =>
    new JsonError('core.JsonParseException', problem, errorLocation);

  function unexpectedCharacterError(problem: string, context = ''): JsonError {
    const character = decodeCharacter(text, position);
    const code = character.codePointAt(0) ?? 0;
    const name =
      code < 32
        ? `(CTRL-CHAR, code ${String(code)})`
        : `'${character}' (code ${String(code)}${code > 255 ? ` / 0x${code.toString(16)}` : ''})`;
    position += Buffer.byteLength(character) - 1;
    return syntaxError(`Unexpected character (${name})${context}: ${problem}`);
  }

  /**
   * The location of an error at the end of the text. Jackson adds the size of its buffer to the
   * column when it has read the whole buffer.
   */
  const locationAtEnd = (): Location => ({
    line,
    column: position - lineStart + text.length + 1,
  });

  function endOfInputError(problem: string): JsonError {
    return new JsonError(
      'core.io.JsonEOFException',
      `Unexpected end-of-input${problem}`,
      locationAtEnd(),
    );
  }

  /** Creates the error for the end of the text after a comma. */
  function endOfEntriesError(kind: string): JsonError {
    return syntaxError(`Unexpected end-of-input within/between ${kind} entries`, locationAtEnd());
  }

  /**
   * Creates the error for a bracket that does not match the opening one.
   *
   * @param container - description of the value that the opening bracket starts.
   */
  function unexpectedCloseError(character: string, container: string): JsonError {
    const expected = character === '}' ? ']' : '}';
    return syntaxError(
      `Unexpected close marker '${character}': expected '${expected}' (for ${container})`,
    );
  }

  /** Creates the error for a number such as `NaN`, if it starts at the current character. */
  function nonStandardNumberError(name: string): JsonError | undefined {
    if (!new RegExp(`^${name}(?![\\w$])`).test(text.slice(position))) return undefined;
    position += name.length - 1;
    return syntaxError(
      `Non-standard token '${name}': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow`,
    );
  }

  /** Creates the error for a word that is not a JSON value. It starts at the current character. */
  function invalidTokenError(expected: string): JsonError {
    const word = /^(?:[\w$]|[\u0080-\u00ff])[\w$]*/.exec(text.slice(position))?.[0] ?? '';
    position += word.length;
    const byte = text.charCodeAt(position);
    if (byte >= 0x80 && byte < 0xc0) {
      return syntaxError(`Invalid UTF-8 start byte 0x${byte.toString(16)}`);
    }
    return syntaxError(
      `Unrecognized token '${word}': was expecting ${expected}`,
      position < text.length ? locationAfter() : locationAtEnd(),
    );
  }

  /** Reads the string that starts at the current quote. @param atEnd - the problem at the end. */
  function readString(atEnd: string): string {
    let bytes = '';
    for (position += 1; position < text.length; position += 1) {
      const character = text.charAt(position);
      if (character === '"') {
        position += 1;
        return Buffer.from(bytes, 'latin1').toString('utf8');
      }
      if (character < ' ') {
        throw syntaxError(
          `Illegal unquoted character ((CTRL-CHAR, code ${String(character.charCodeAt(0))})): ` +
            'has to be escaped using backslash to be included in string value',
        );
      }
      bytes += character === '\\' ? readEscape() : character;
    }
    throw endOfInputError(atEnd);
  }

  /** Leaves `position` on the last character. @returns the bytes of the character. */
  function readEscape(): string {
    position += 1;
    const letter = text.charAt(position);
    const simple = escapes[letter];
    if (simple !== undefined) return simple;
    const units = /^(?:u[\da-f]{4})(?:\\u[\da-f]{4})*/i.exec(text.slice(position))?.[0];
    if (units === undefined && letter === 'u') {
      position += 1 + (/^[\da-f]*/i.exec(text.slice(position + 1))?.[0].length ?? 0);
      throw unexpectedCharacterError('expected a hex-digit for character escape sequence');
    }
    if (units === undefined) {
      const code = String(letter.charCodeAt(0));
      throw syntaxError(`Unrecognized character escape '${letter}' (code ${code})`);
    }
    position += units.length - 1;
    const decoded = units.split(/\\?u/i).slice(1);
    const utf16 = decoded.map((hex) => String.fromCharCode(Number.parseInt(hex, 16))).join('');
    return Buffer.from(utf16, 'utf8').toString('latin1');
  }

  /** Creates the error for a sign without a valid number. The sign is the current character. */
  function invalidNumberStartError(): JsonError {
    position += 1;
    return unexpectedCharacterError(
      'expected digit (0-9) to follow minus sign, for valid numeric value',
      ' in numeric value',
    );
  }

  function readNumber(): string {
    const rest = text.slice(position);
    if (/^-?0\d/.test(rest)) {
      position += rest.startsWith('-') ? 1 : 0;
      throw syntaxError('Invalid numeric value: Leading zeroes not allowed');
    }
    const found = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/i.exec(rest)?.[0];
    if (found === undefined) throw invalidNumberStartError();
    const [, incomplete = ''] = /^-?\d+(?:\.\d+)?(\.|e[+-]?)(?!\d)/i.exec(rest) ?? [];
    if (incomplete !== '') {
      position += found.length + incomplete.length;
      const part = incomplete === '.' ? 'Decimal point' : 'Exponent indicator';
      throw unexpectedCharacterError(`${part} not followed by a digit`, ' in numeric value');
    }
    position += found.length;
    return found;
  }

  /** Reads `true`, `false` or `null`, which starts at the current character. */
  function readLiteral(expected: string, literalNames: string): void {
    if (!new RegExp(`^${expected}(?![\\w$])`).test(text.slice(position))) {
      throw invalidTokenError(literalNames);
    }
    position += expected.length;
  }

  return {
    location,
    skip: () => void (position += 1),
    skipSpaces,
    unexpectedCharacterError,
    unexpectedCloseError,
    endOfInputError,
    endOfEntriesError,
    invalidTokenError,
    nonStandardNumberError,
    invalidNumberStartError,
    ...{ readString, readNumber, readLiteral },
  };
}

/** Decodes the UTF-8 character that starts at a byte. */
function decodeCharacter(bytes: string, position: number): string {
  const decoded = Buffer.from(bytes.slice(position, position + 4), 'latin1').toString('utf8');
  return String.fromCodePoint(decoded.codePointAt(0) ?? 0);
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '/': '/',
  '\\': '\\',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
