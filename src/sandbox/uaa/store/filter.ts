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
      readonly value: FilterValue;
    };

export type FilterValue = string | number | boolean;

const operators = ['eq', 'co', 'sw', 'gt', 'ge', 'lt', 'le'] as const;

export type Operator = (typeof operators)[number];

/** Thrown for a filter that cannot be parsed, or that does not fit the columns of a table. */
export class InvalidFilterError extends Error {}

/**
 * Parses a SCIM 1.0 filter. `and` has precedence over `or`, and keywords are case-insensitive.
 *
 * @throws InvalidFilterError
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-scim-api-01#section-3.2.2.1
 */
export function parseFilter(text: string): Filter {
  // Parentheses, quoted texts and words.
  const tokens: string[] = text.match(/[()]|"(?:[^"\\]|\\.)*"|[^ ()]+/gs) ?? [];
  if (tokens.length > maximumTokens) throw new InvalidFilterError('The filter is too long');
  const filter = parseCombination(tokens, 'or');
  if (tokens.length > 0) throw new InvalidFilterError(`Unexpected ${String(tokens[0])}`);
  return filter;
}

const maximumTokens = 10_000;

/** Parses and removes the tokens of one or more terms that `kind` joins. */
function parseCombination(tokens: string[], kind: 'and' | 'or'): Filter {
  const parsePart = (): Filter =>
    kind === 'or' ? parseCombination(tokens, 'and') : parseTerm(tokens);
  let filter = parsePart();
  while (tokens[0]?.toLowerCase() === kind) {
    tokens.shift();
    filter = { kind, left: filter, right: parsePart() };
  }
  return filter;
}

function parseTerm(tokens: string[]): Filter {
  const first = tokens.shift() ?? '';
  if (first === '(') {
    const filter = parseCombination(tokens, 'or');
    if (tokens.shift() !== ')') throw new InvalidFilterError('Missing closing parenthesis');
    return filter;
  }
  const attribute = parseAttribute(first);
  const word = tokens.shift()?.toLowerCase();
  if (word === 'pr') return { kind: 'present', attribute };
  const operator = operators.find((name) => name === word);
  if (!operator) throw new InvalidFilterError(`Unknown operator ${String(word)}`);
  return { kind: 'compare', attribute, operator, value: parseValue(tokens.shift() ?? '') };
}

/** Removes the URN of the attribute's schema. */
function parseAttribute(word: string): string {
  const attribute = /^(?:.+:)?([\w$-]+(?:\.[\w$.-]+)?)$/.exec(word)?.[1];
  if (attribute === undefined) throw new InvalidFilterError(`Invalid attribute ${word}`);
  return attribute;
}

function parseValue(token: string): FilterValue {
  if (/^(true|false)$/i.test(token)) return token.toLowerCase() === 'true';
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(token)) return Number(token);
  try {
    if (token.startsWith('"')) return JSON.parse(token) as string;
  } catch {
    // Reported below.
  }
  throw new InvalidFilterError(`Invalid value ${token}`);
}
