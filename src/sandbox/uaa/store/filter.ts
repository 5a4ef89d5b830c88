/** A parsed filter. */
export type Filter =
  | { readonly kind: 'and'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'present'; readonly attribute: string }
  | {
      readonly kind: 'compare';
      readonly attribute: string;
      readonly operator: Operator;
      /** A quoted value is a string. */
      readonly value: string | number | boolean;
    };

export type Operator = 'eq' | 'co' | 'sw' | 'gt' | 'ge' | 'lt' | 'le';

/** Reason why a text is not a valid filter. */
export class InvalidFilter extends Error {}

/**
 * Parses a SCIM 1.0 filter: `and` binds tighter than `or`, keywords are recognised in any case, and
 * only blanks separate words.
 *
 * @throws InvalidFilter
 * @see UnboundID SCIM SDK `FilterParser`, which UAA uses
 */
export function parseFilter(text: string): Filter {
  const reader = createReader(text);
  const filter = alternatives(reader);
  if (reader.peekWord() !== undefined) throw reader.error('unexpected characters');
  return filter;
}

type Reader = ReturnType<typeof createReader>;

function alternatives(reader: Reader): Filter {
  let left = conjunction(reader);
  while (reader.takeWord('or')) left = { kind: 'or', left, right: conjunction(reader) };
  return left;
}

function conjunction(reader: Reader): Filter {
  let left = expression(reader);
  while (reader.takeWord('and')) left = { kind: 'and', left, right: expression(reader) };
  return left;
}

function expression(reader: Reader): Filter {
  if (reader.takeWord('(')) {
    const inner = alternatives(reader);
    if (!reader.takeWord(')')) throw reader.error('no closing parenthesis');
    return inner;
  }
  const attribute = toAttribute(reader);
  const operator = reader.word()?.toLowerCase();
  if (operator === 'pr') return { kind: 'present', attribute };
  if (!isOperator(operator)) throw reader.error('unrecognized operator');
  return { kind: 'compare', attribute, operator, value: reader.value() };
}

/** The attribute without the URN of its schema. */
function toAttribute(reader: Reader): string {
  const word = reader.word();
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
  let at = 0;

  const error = (problem: string): InvalidFilter =>
    new InvalidFilter(`${problem} at position ${String(at)}`);

  function skipBlanks(): void {
    while (text[at] === ' ') at += 1;
  }

  /** A parenthesis, or everything up to a blank or a parenthesis. */
  function word(): string | undefined {
    skipBlanks();
    const found = /^(?:[()]|[^ ()]+)/.exec(text.slice(at))?.[0];
    at += found?.length ?? 0;
    return found;
  }

  function peekWord(): string | undefined {
    const start = at;
    const found = word();
    at = start;
    return found;
  }

  function takeWord(wanted: string): boolean {
    if (peekWord()?.toLowerCase() !== wanted) return false;
    word();
    return true;
  }

  function value(): string | number | boolean {
    skipBlanks();
    return text[at] === '"' ? quoted() : literal();
  }

  function quoted(): string {
    let result = '';
    for (at += 1; at < text.length; at += 1) {
      const character = text.charAt(at);
      if (character === '"') {
        at += 1;
        return result;
      }
      result += character === '\\' ? escaped() : character;
    }
    throw error('end of input in a string');
  }

  /** Leaves `at` on the last character of the escape. */
  function escaped(): string {
    at += 1;
    const letter = text.charAt(at);
    const simple = escapes[letter];
    if (simple !== undefined) return simple;
    const hex = text.slice(at + 1, at + 5);
    if (letter !== 'u' || !/^[0-9a-f]{4}$/i.test(hex)) throw error('unrecognized escape');
    at += 4;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  function literal(): number | boolean {
    const found = /^[\w+.-]+(?=[ ()]|$)/.exec(text.slice(at))?.[0];
    if (found === undefined) throw error('expected a value');
    if (/^(true|false)$/i.test(found)) {
      at += found.length;
      return found.toLowerCase() === 'true';
    }
    if (!/^[+-]?(0x[0-9a-f]+|\d+\.?\d*(e[+-]?\d+)?|\.\d+(e[+-]?\d+)?)$/i.test(found)) {
      throw error('neither a number nor a boolean');
    }
    at += found.length;
    return Number(found);
  }

  return { error, word, peekWord, takeWord, value };
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
