const operators = ['eq', 'co', 'sw', 'gt', 'ge', 'lt', 'le'];

/** What is looked for at a place of a filter. */
type Place = 'column' | 'operator' | 'value' | 'and';

const missing: Readonly<Record<Place, string>> = {
  column: 'a column is missing, e.g. userName or (userName',
  operator: `one of ${operators.join(', ')} or pr is missing`,
  value: 'a value is missing, e.g. "alana", 600 or true',
  and: 'and or or is missing',
};

/** What is looked for next; `undefined` where the word is none of what fits. */
const after: Readonly<Record<Place, (word: string) => Place | undefined>> = {
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
 * Where a filter that a UAA refused is none. Its own words only repeat the filter.
 *
 * @param columns - those that the list can be searched by.
 * @returns e.g. `at xx (character 10) …`; `undefined` where nothing is wrong that is known here.
 * @see uaa-api, section 8.5
 */
export function filterFault(filter: string, columns: readonly string[]): string | undefined {
  let place: Place = 'column';
  const open: Token[] = [];
  const named: Token[] = [];
  for (const token of tokens(filter)) {
    const word = token.text.toLowerCase();
    const next: Place | undefined = after[place](word);
    if (isCutOff(word)) return `${at(token)} the closing quote is missing`;
    if (next === undefined) return `${at(token)} ${insteadOf(token, place)}`;
    if (next === 'operator') named.push(token);
    if (word === '(') open.push(token);
    if (word === ')' && open.pop() === undefined) return `${at(token)} there is no ( to this )`;
    place = next;
  }
  if (place !== 'and') return `at its end ${missing[place]}`;
  const [first] = open;
  if (first !== undefined) return `${at(first)} there is no ) to this (`;
  const unknown = named.find(({ text }) => !columns.some((column) => isColumn(column, text)));
  return unknown && `${at(unknown)} the UAA cannot search by that, but by ${columns.join(', ')}`;
}

interface Token {
  readonly text: string;
  /** 1 is the first. */
  readonly character: number;
}

/** Only the blank parts words, and quotes hold them together. */
function tokens(filter: string): Token[] {
  const parts = filter.matchAll(/"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[()]|[^ ()]+/gsu);
  return [...parts].map(({ 0: text, index }) => ({ text, character: index + 1 }));
}

function isCutOff(word: string): boolean {
  return /^["']/.test(word) && !/^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')$/su.test(word);
}

function insteadOf({ text }: Token, place: Place): string {
  const isText = place === 'value' && !/^(?:[()]|and|or)$/i.test(text);
  return isText ? `a text stands in quotes: "${text}"` : missing[place];
}

/** A name may come behind the URN of its schema. */
function isColumn(column: string, word: string): boolean {
  return word.replace(/^urn:.*:/i, '').toLowerCase() === column.toLowerCase();
}

function at({ text, character }: Token): string {
  return `at ${text} (character ${character})`;
}
