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

/** Thrown for an invalid filter. If it cannot be parsed, the message is that of the real server. */
export class InvalidFilterError extends Error {}

/**
 * Parses a SCIM 1.0 filter. `and` has precedence over `or`, keywords are case-insensitive, and only
 * spaces separate words.
 *
 * @throws InvalidFilterError
 * @see UnboundID SCIM SDK `FilterParser`, which UAA uses
 */
export function parseFilter(text: string): Filter {
  try {
    return combineTerms(readTerms(createReader(text)));
  } catch (error) {
    if (!(error instanceof InvalidFilterError)) throw error;
    throw new InvalidFilterError(`Invalid filter '${text}': ${error.message}`);
  }
}

type Reader = ReturnType<typeof createReader>;
type Combination = 'and' | 'or';
interface Term {
  readonly filter: Filter;
  readonly position: number;
}
type Parenthesis = { readonly kind: '('; readonly position: number };
type PostfixItem = Term | Combination;

/**
 * Reads a filter and returns its terms in postfix order. The structure is checked only after the whole
 * text was read, because this determines which problem is reported if there are several.
 */
function readTerms(reader: Reader): readonly PostfixItem[] {
  const items: PostfixItem[] = [];
  const pending: (Combination | Parenthesis)[] = [];
  const takeCombinations = (isTaken: (combination: Combination) => boolean): void => {
    for (let last = pending.at(-1); typeof last === 'string' && isTaken(last);) {
      items.push(last);
      pending.pop();
      last = pending.at(-1);
    }
  };
  for (let word = reader.peekWord(); word !== undefined; word = reader.peekWord()) {
    const combination = word.toLowerCase();
    if (combination === 'and' || combination === 'or') {
      reader.readWord();
      takeCombinations((last) => last === 'and' || combination === 'or');
      pending.push(combination);
    } else if (word === '(') {
      reader.readWord();
      pending.push({ kind: '(', position: reader.start() });
    } else if (word === ')') {
      reader.readWord();
      takeCombinations(() => true);
      if (!pending.pop()) {
        throw positionError('No opening parenthesis matching closing parenthesis', reader.start());
      }
    } else items.push(readTerm(reader));
  }
  takeCombinations(() => true);
  const open = pending.pop();
  if (typeof open === 'object') {
    throw positionError('No closing parenthesis matching opening parenthesis', open.position);
  }
  return items;
}

function combineTerms(items: readonly PostfixItem[]): Filter {
  const terms: Term[] = [];
  for (const item of items) {
    if (typeof item === 'string') {
      const right = terms.pop();
      const left = terms.pop();
      // The Java exception for an empty stack has no message.
      if (!left || !right) throw new InvalidFilterError('null');
      const filter: Filter = { kind: item, left: left.filter, right: right.filter };
      terms.push({ filter, position: left.position });
    } else terms.push(item);
  }
  const [first, second] = terms;
  if (!first) throw new InvalidFilterError('Empty filter expression');
  if (second) throw positionError('Unexpected characters', second.position);
  return first.filter;
}

function positionError(problem: string, position: number, rest = ''): InvalidFilterError {
  return new InvalidFilterError(`${problem} at position ${String(position)}${rest}`);
}

function readTerm(reader: Reader): Term {
  const attribute = parseAttribute(reader);
  const position = reader.start();
  const word = reader.readWord();
  if (word === undefined) {
    throw positionError('End of input', reader.start(), ' but expected an attribute operator');
  }
  const operator = word.toLowerCase();
  if (operator === 'pr') return { filter: { kind: 'present', attribute }, position };
  if (!isOperator(operator)) {
    const expected = '. Expected: eq,co,sw,pr,gt,ge,lt,le';
    throw positionError(`Unrecognized attribute operator '${word}'`, reader.start(), expected);
  }
  const value = reader.readValue();
  if (value === undefined) {
    const rest = ` while expecting a value for operator ${word}`;
    throw positionError('End of input', reader.start(), rest);
  }
  return { filter: { kind: 'compare', attribute, operator, value }, position };
}

/** Parses an attribute and removes the URN of its schema. */
function parseAttribute(reader: Reader): string {
  const word = reader.readWord() ?? '';
  const [, , attribute] = /^((?:.+):)?([^.]+(?:\..+)?)$/.exec(word) ?? [];
  if (attribute !== undefined) return attribute;
  const format = `: '${word}' does not match '[schema:]attr[.sub-attr]' format`;
  throw positionError('Expected an attribute reference', reader.start(), format);
}

const operators: readonly string[] = ['eq', 'co', 'sw', 'gt', 'ge', 'lt', 'le'];

function isOperator(word: string): word is Operator {
  return operators.includes(word);
}

function createReader(text: string) {
  let position = 0;
  /** The start of the last word or value. */
  let start = 0;

  function skipSpaces(): void {
    while (text[position] === ' ') position += 1;
  }

  /** Reads a parenthesis, or everything up to the next space or parenthesis. */
  function readWord(): string | undefined {
    skipSpaces();
    start = position;
    const found = /^(?:[()]|[^ ()]+)/.exec(text.slice(position))?.[0];
    position += found?.length ?? 0;
    return found;
  }

  function peekWord(): string | undefined {
    const before = position;
    const found = readWord();
    position = before;
    return found;
  }

  /** Returns undefined at the end of the text. */
  function readValue(): string | number | boolean | undefined {
    skipSpaces();
    start = position;
    if (position === text.length) return undefined;
    return text[position] === '"' ? readQuotedString() : readLiteral();
  }

  const unterminatedError = () => positionError('End of input in a string value that began', start);

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
    throw unterminatedError();
  }

  /** Leaves `position` on the last character of the escape sequence. */
  function readEscape(): string {
    position += 1;
    if (position >= text.length) throw unterminatedError();
    const letter = text.charAt(position);
    const simple = escapes[letter];
    if (simple !== undefined) return simple;
    if (letter !== 'u') {
      const problem = `Unrecognized escape sequence '\\${letter}' in a string value`;
      throw positionError(problem, position - 1);
    }
    const hex = text.slice(position + 1, position + 5);
    if (hex.length < 4) throw unterminatedError();
    if (!/^[0-9a-f]{4}$/i.test(hex))
      throw new InvalidFilterError(`For input string: "${hex}" under radix 16`);
    position += 4;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  function readLiteral(): number | boolean {
    const found = /^[^ ()]*/.exec(text.slice(position))?.[0] ?? '';
    const invalid = /[^\w+.-]|_/.exec(found);
    if (invalid) {
      const problem = `Invalid character '${invalid[0]}' in a number or boolean value`;
      throw positionError(problem, position + invalid.index);
    }
    position += found.length;
    if (/^(true|false)$/i.test(found)) return found.toLowerCase() === 'true';
    if (!/^[+-]?(0x[0-9a-f]+|\d+\.?\d*(e[+-]?\d+)?|\.\d+(e[+-]?\d+)?)$/i.test(found)) {
      throw new InvalidFilterError(`Invalid filter value beginning at position ${String(start)}`);
    }
    return Number(found);
  }

  return { start: () => start, readWord, peekWord, readValue };
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
