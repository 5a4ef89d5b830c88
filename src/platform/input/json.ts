import { findStringEnd } from '../../base/json-value.js';
import {
  duplicateKey,
  invalidTextProblem,
  maximumDepth,
  type TextProblem,
  type ParsedValue,
} from './parsed-text.js';

/**
 * Parses strict JSON, with much less time and memory than the YAML parser.
 * @returns `undefined` for other or deeply nested text: the YAML parser then reports the position.
 */
export function parseJson(text: string): ParsedValue | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    const problems = findProblems(text);
    if (problems === undefined) return undefined;
    return { value: JSON.parse(text), problems };
  } catch {
    return undefined;
  }
}

/** An object or array whose end has not been reached. */
interface Container {
  /** The keys of an object so far; absent for an array. */
  readonly keys?: Set<string>;
  isAtKey: boolean;
}

/** Finds duplicate keys and inexact numbers, which `JSON.parse` accepts; `undefined` if nested too deeply. */
function findProblems(text: string): TextProblem[] | undefined {
  const problems: TextProblem[] = [];
  const open: Container[] = [];
  for (const { start, end } of scanTokens(text)) {
    const first = text.charAt(start);
    const container = open.at(-1);
    if (first === '{') open.push({ keys: new Set(), isAtKey: true });
    else if (first === '[') open.push({ isAtKey: false });
    else if (first === '}' || first === ']') open.pop();
    else if (first === ',' && container?.keys !== undefined) container.isAtKey = true;
    else if (first === ':' && container !== undefined) container.isAtKey = false;
    else if (first === '"' && container?.isAtKey === true) {
      const key = JSON.parse(text.slice(start, end)) as string;
      if (container.keys?.has(key) === true) problems.push(invalidTextProblem(start, duplicateKey));
      container.keys?.add(key);
    } else if (/[-\d]/.test(first)) {
      const literal = text.slice(start, end);
      const problem = findNumberProblem(start, literal, Number(literal));
      if (problem !== undefined) problems.push(problem);
    }
    if (open.length > maximumDepth) return undefined;
  }
  return problems;
}

/** @returns the problem of a number that cannot be stored exactly; `undefined` for other numbers. */
export function findNumberProblem(
  offset: number,
  source: string,
  value: number,
): TextProblem | undefined {
  const isWhole = Number.isInteger(value) && /^[-+]?(\d+|0[xo][\da-f]+)$/i.test(source);
  const isInexact = isWhole && !Number.isSafeInteger(value);
  if (!isInexact && Number.isFinite(value)) return undefined;
  const reason = isInexact ? 'has too many digits for a number' : 'is too large for a number';
  return {
    offset,
    text: `${source} ${reason}; put it in quotes to keep it as text`,
    safeText: 'this number is too long; put it in quotes',
  };
}

interface Token {
  readonly start: number;
  readonly end: number;
}

/** Strings, numbers, words and punctuation. The tokens of text that is not JSON are unspecified. */
function* scanTokens(text: string): Generator<Token> {
  let position = 0;
  while (position < text.length) {
    const first = text.charAt(position);
    const tokenStart = position;
    if (first === '"') position = findStringEnd(text, position);
    else {
      position += 1;
      if (blanks.includes(first)) continue;
      if (!punctuation.includes(first)) while (isInWord(text.charAt(position))) position += 1;
    }
    yield { start: tokenStart, end: position };
  }
}

const blanks = ' \n\r\t';
const punctuation = '{}[]:,';

function isInWord(character: string): boolean {
  return character !== '' && !`${blanks}${punctuation}"`.includes(character);
}
