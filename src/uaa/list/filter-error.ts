const operators = ['eq', 'co', 'sw', 'gt', 'ge', 'lt', 'le'];

/** The kind of token that is expected next in a filter; `and` means `and` or `or`. */
type TokenKind = 'column' | 'operator' | 'value' | 'and';

const expectations: Readonly<Record<Exclude<TokenKind, 'column'>, string>> = {
  operator: `expected one of the operators ${operators.join(', ')}, pr`,
  value: 'expected a value, e.g. "alana", 600 or true',
  and: 'expected "and" or "or"',
};

/** The kind that is expected after a word; `undefined` if the word is not valid here. */
const nextKinds: Readonly<Record<TokenKind, (word: string) => TokenKind | undefined>> = {
  column: (word) => {
    if (word === '(') return 'column';
    return /^[a-z][\w.:-]*$/.test(word) ? 'operator' : undefined;
  },
  operator: (word) => {
    if (word === 'pr') return 'and';
    return operators.includes(word) ? 'value' : undefined;
  },
  value: (word) => (/^(?:["'].*|true|false|-?[\d.]+)$/s.test(word) ? 'and' : undefined),
  and: (word) => {
    if (word === ')') return 'and';
    return ['and', 'or'].includes(word) ? 'column' : undefined;
  },
};

/**
 * Finds the first error in a filter that the UAA rejected. The UAA's own message only repeats the
 * filter.
 *
 * @param columns - the columns that the list can be filtered by.
 * @returns e.g. `at xx (character 10): expected ...`; `undefined` if no error was found.
 * @see uaa-api, section 8.5
 */
export function findFilterError(filter: string, columns: readonly string[]): string | undefined {
  let kind: TokenKind = 'column';
  const openParentheses: Token[] = [];
  const columnTokens: Token[] = [];
  for (const token of tokenize(filter)) {
    const word = token.text.toLowerCase();
    const next: TokenKind | undefined = nextKinds[kind](word);
    if (isUnclosedQuote(word)) return `${formatLocation(token)}: the closing quote is missing`;
    if (next === undefined)
      return `${formatLocation(token)}: ${describeExpectation(token, kind, columns)}`;
    if (next === 'operator') columnTokens.push(token);
    if (word === '(') openParentheses.push(token);
    if (word === ')' && openParentheses.pop() === undefined) {
      return `${formatLocation(token)}: no matching (`;
    }
    kind = next;
  }
  if (kind !== 'and') return `at the end: ${formatExpectation(kind, columns)}`;
  const [first] = openParentheses;
  if (first !== undefined) return `${formatLocation(first)}: no matching )`;
  const unknown = columnTokens.find(
    ({ text }) => !columns.some((column) => isColumn(column, text)),
  );
  return (
    unknown && `${formatLocation(unknown)}: unknown column (choose from ${columns.join(', ')})`
  );
}

interface Token {
  readonly text: string;
  /** Position of the first character, starting at 1. */
  readonly character: number;
}

/** Splits a filter into tokens. Spaces separate them, except within quotes. */
function tokenize(filter: string): Token[] {
  const parts = filter.matchAll(/"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[()]|[^ ()]+/gsu);
  return [...parts].map(({ 0: text, index }) => ({ text, character: index + 1 }));
}

function isUnclosedQuote(word: string): boolean {
  return /^["']/.test(word) && !/^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')$/su.test(word);
}

function describeExpectation({ text }: Token, kind: TokenKind, columns: readonly string[]): string {
  const isText = kind === 'value' && !/^(?:[()]|and|or)$/i.test(text);
  return isText ? `text must be in quotes: "${text}"` : formatExpectation(kind, columns);
}

function formatExpectation(kind: TokenKind, [column = '']: readonly string[]): string {
  return kind === 'column' ? `expected a column, e.g. ${column} or (${column}` : expectations[kind];
}

/** Whether a word names a column. The URN of a schema may precede the name. */
function isColumn(column: string, word: string): boolean {
  return word.replace(/^urn:.*:/i, '').toLowerCase() === column.toLowerCase();
}

function formatLocation({ text, character }: Token): string {
  return `at ${text} (character ${character})`;
}
