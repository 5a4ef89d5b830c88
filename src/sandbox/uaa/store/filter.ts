/** A parsed SCIM filter. */
export type Filter =
  | { readonly kind: 'and'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'present'; readonly attribute: string }
  | {
      readonly kind: 'compare';
      readonly attribute: string;
      readonly operator: Operator;
      /** A string if the value is quoted. */
      readonly value: string | number | boolean;
    };

export type Operator = 'eq' | 'co' | 'sw' | 'gt' | 'ge' | 'lt' | 'le';

/** The reason why a filter is invalid. */
export class InvalidFilterError extends Error {}

/**
 * Parses a SCIM 1.0 filter. `and` has precedence over `or`, keywords are case-insensitive, and only
 * spaces separate words.
 *
 * @throws InvalidFilterError
 * @see UnboundID SCIM SDK `FilterParser`, which UAA uses
 */
export function parseFilter(text: string): Filter {
  const reader = createReader(text);
  const filter = parseOr(reader);
  if (reader.peekWord() !== undefined) throw reader.error('unexpected characters');
  return filter;
}

type Reader = ReturnType<typeof createReader>;

function parseOr(reader: Reader): Filter {
  let left = parseAnd(reader);
  while (reader.takeWord('or')) left = { kind: 'or', left, right: parseAnd(reader) };
  return left;
}

function parseAnd(reader: Reader): Filter {
  let left = parseTerm(reader);
  while (reader.takeWord('and')) left = { kind: 'and', left, right: parseTerm(reader) };
  return left;
}

function parseTerm(reader: Reader): Filter {
  if (reader.takeWord('(')) {
    const inner = parseOr(reader);
    if (!reader.takeWord(')')) throw reader.error('no closing parenthesis');
    return inner;
  }
  const attribute = parseAttribute(reader);
  const operator = reader.readWord()?.toLowerCase();
  if (operator === 'pr') return { kind: 'present', attribute };
  if (!isOperator(operator)) throw reader.error('unrecognized operator');
  return { kind: 'compare', attribute, operator, value: reader.readValue() };
}

/** Parses an attribute and removes the URN of its schema. */
function parseAttribute(reader: Reader): string {
  const word = reader.readWord();
  const [, , attribute] = /^((?:.+):)?([^.:]+(?:\.[^.:]+)?)$/.exec(word ?? '') ?? [];
  if (attribute === undefined || /^[()]$|^(and|or)$/i.test(attribute)) {
    throw reader.error('expected an attribute');
  }
  return attribute;
}

const operators: readonly string[] = ['eq', 'co', 'sw', 'gt', 'ge', 'lt', 'le'];

function isOperator(word: string | undefined): word is Operator {
  return word !== undefined && operators.includes(word);
}

function createReader(text: string) {
  let position = 0;

  const error = (problem: string): InvalidFilterError =>
    new InvalidFilterError(`${problem} at position ${String(position)}`);

  function skipSpaces(): void {
    while (text[position] === ' ') position += 1;
  }

  /** Reads a parenthesis, or everything up to the next space or parenthesis. */
  function readWord(): string | undefined {
    skipSpaces();
    const found = /^(?:[()]|[^ ()]+)/.exec(text.slice(position))?.[0];
    position += found?.length ?? 0;
    return found;
  }

  function peekWord(): string | undefined {
    const start = position;
    const found = readWord();
    position = start;
    return found;
  }

  function takeWord(expected: string): boolean {
    if (peekWord()?.toLowerCase() !== expected) return false;
    readWord();
    return true;
  }

  function readValue(): string | number | boolean {
    skipSpaces();
    return text[position] === '"' ? readQuotedString() : readLiteral();
  }

  function readQuotedString(): string {
    let result = '';
    for (position += 1; position < text.length; position += 1) {
      const character = text.charAt(position);
      if (character === '"') {
        position += 1;
        return result;
      }
      result += character === '\\' ? readEscape() : character;
    }
    throw error('unterminated string');
  }

  /** Leaves `position` on the last character of the escape sequence. */
  function readEscape(): string {
    position += 1;
    const letter = text.charAt(position);
    const simple = escapes[letter];
    if (simple !== undefined) return simple;
    const hex = text.slice(position + 1, position + 5);
    if (letter !== 'u' || !/^[0-9a-f]{4}$/i.test(hex)) throw error('unrecognized escape');
    position += 4;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  function readLiteral(): number | boolean {
    const found = /^[\w+.-]+(?=[ ()]|$)/.exec(text.slice(position))?.[0];
    if (found === undefined) throw error('expected a value');
    if (/^(true|false)$/i.test(found)) {
      position += found.length;
      return found.toLowerCase() === 'true';
    }
    if (!/^[+-]?(0x[0-9a-f]+|\d+\.?\d*(e[+-]?\d+)?|\.\d+(e[+-]?\d+)?)$/i.test(found)) {
      throw error('neither a number nor a boolean');
    }
    position += found.length;
    return Number(found);
  }

  return { error, readWord, peekWord, takeWord, readValue };
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '/': '/',
  '\\': '\\',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
