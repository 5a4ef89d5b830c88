import yaml, { type Document, type Node } from 'yaml';
import { errorMessage } from '../../base/errors.js';
import {
  duplicateKey,
  invalidTextProblem,
  maximumDepth,
  removeExcerpt,
  type TextProblem,
  type ParsedText,
  type ValuePath,
} from './parsed-text.js';

const { Composer, isAlias, isMap, isNode, isScalar, isSeq, Lexer, Parser, visit } = yaml;

/** Parsing YAML takes about 100 times the memory of the text. */
const maximumBytes = 8 * 1024 * 1024;

/** Errors from which the parser can recover. */
const recoverable: readonly string[] = ['TAG_RESOLVE_FAILED', 'BAD_ALIAS'];

/** Parses one YAML document of at most 8 MiB. */
export function parseYaml(text: string): ParsedText {
  if (text.length > maximumBytes) {
    const problem = 'a YAML file larger than 8 MiB must be converted to JSON';
    return createFailure([{ offset: 0, text: problem, safeText: problem }]);
  }
  const { document, problems } = composeYaml(text);
  if (problems.length > 0) return createFailure(problems);
  const numbers = findNumberProblems(document);
  if (numbers.length > 0) return createFailure(numbers);
  try {
    return { value: toJsonValue(document), problems: [], offsetOf: createOffsetFinder(document) };
  } catch (error) {
    const text = errorMessage(error);
    return createFailure([{ offset: 0, text, safeText: removeExcerpt(text) }]);
  }
}

/** A YAML document with the positions of its parts. */
export interface ComposedYaml {
  readonly document: Document.Parsed;
  /** The document is incomplete if there are problems. */
  readonly problems: readonly TextProblem[];
}

/**
 * Parses one YAML document without converting it to JSON.
 * @param options.schema - `failsafe` reads all scalars as strings.
 */
export function composeYaml(text: string, options: ComposeOptions = {}): ComposedYaml {
  const { document, depthProblem } = compose(text, options);
  if (depthProblem !== undefined) return { document, problems: [depthProblem] };
  // The failsafe schema does not know tags such as `!!bool`, but keeps the text.
  const isFailsafe = options.schema === 'failsafe';
  const warnings = isFailsafe
    ? document.warnings.filter(({ code }) => code !== 'TAG_RESOLVE_FAILED')
    : document.warnings;
  const found = [...document.errors, ...warnings];
  // After the first unrecoverable problem the parser reports false errors.
  const end = found.find(({ code }) => !recoverable.includes(code))?.pos[0] ?? Infinity;
  const errors = found.map(({ pos, message }) => invalidTextProblem(pos[0], message));
  const problems = [...errors, ...findDuplicateKeys(document)].filter(
    ({ offset }) => offset <= end,
  );
  return { document, problems };
}

interface ComposeOptions {
  readonly schema?: 'failsafe';
  readonly merge?: boolean;
}

function createFailure(problems: readonly TextProblem[]): ParsedText {
  return { value: undefined, problems, offsetOf: () => 0 };
}

/**
 * Like `parseDocument` of the package, but with a nesting limit, because the composer would overflow the stack.
 * @returns `depthProblem` if the text exceeds the limit; the document ends there.
 */
function compose(
  text: string,
  options: ComposeOptions,
): { readonly document: Document.Parsed; readonly depthProblem: TextProblem | undefined } {
  const parser = new Parser();
  let depthProblem: TextProblem | undefined;
  const readTokens = function* () {
    for (const lexeme of new Lexer().lex(text)) {
      yield* parser.next(lexeme);
      // The stack also contains the document.
      if (parser.stack.length > maximumDepth + 1) {
        const problem = `this is nested more than ${String(maximumDepth)} levels deep`;
        depthProblem = { offset: parser.offset, text: problem, safeText: problem };
        break;
      }
    }
    yield* parser.end();
  };
  // The package compares each key with every other one, which takes minutes for a long map.
  const composer = new Composer({ ...options, prettyErrors: false, uniqueKeys: false });
  const [first, second] = composer.compose(readTokens(), true, text.length);
  if (first === undefined) throw new Error('the parser returned no document');
  if (second !== undefined) {
    const message = 'Source contains multiple documents';
    first.errors.push(
      new yaml.YAMLParseError([second.range[0], second.range[1]], 'MULTIPLE_DOCS', message),
    );
  }
  return { document: first, depthProblem };
}

function findDuplicateKeys(document: Document.Parsed): TextProblem[] {
  const found: TextProblem[] = [];
  visit(document, {
    Map(_key, { items }) {
      const names = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (names.has(name)) found.push(invalidTextProblem(startOf(key) ?? 0, duplicateKey));
        names.add(name);
      }
    },
  });
  return found;
}

/** Finds integers beyond 2^53, which JavaScript rounds. */
function findNumberProblems(document: Document.Parsed): TextProblem[] {
  const found: TextProblem[] = [];
  visit(document, {
    Scalar(_key, { value, source = '', range }) {
      if (typeof value !== 'number' || !Number.isFinite(value)) return;
      const problem = findNumberProblem(range?.[0] ?? 0, source, value);
      if (problem !== undefined) found.push(problem);
    },
  });
  return found;
}

/** @returns the problem of a number that cannot be stored exactly; `undefined` for other numbers. */
function findNumberProblem(offset: number, source: string, value: number): TextProblem | undefined {
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

function toJsonValue(document: Document.Parsed): unknown {
  const value: unknown = document.toJS();
  // Values that JSON does not have would be sent as something else.
  return JSON.parse(JSON.stringify(value ?? null, rejectInfinity)) as unknown;
}

function rejectInfinity(key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  throw new Error(`${key} is ${String(value)}, which JSON cannot represent`);
}

/** Each map is indexed only once, even if many of its members are looked up. */
function createOffsetFinder(document: Document.Parsed): ParsedText['offsetOf'] {
  const indexes = new Map<Node, ReadonlyMap<string, Member>>();
  const memberOf = (node: unknown, step: string | number): Member | undefined => {
    if (!isMap(node)) {
      const value = isSeq(node) && typeof step === 'number' ? node.items[step] : undefined;
      return value === undefined ? undefined : { value };
    }
    const index =
      indexes.get(node) ??
      new Map(
        node.items.flatMap(({ key, value }): [string, Member][] =>
          isScalar(key) ? [[String(key.value), { key, value }]] : [],
        ),
      );
    indexes.set(node, index);
    return index.get(String(step));
  };
  return (valuePath: ValuePath) => {
    let node: unknown = document.contents;
    let offset = startOf(node) ?? 0;
    for (const step of valuePath) {
      const resolved = isAlias(node) ? node.resolve(document) : node;
      const member = memberOf(resolved, step);
      if (!member) break;
      offset = startOf(member.key) ?? startOf(member.value) ?? offset;
      node = member.value;
    }
    return offset;
  };
}

interface Member {
  readonly key?: unknown;
  readonly value: unknown;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

/** Strings that need no quotes. Tokens are not quoted, because scripts read them with grep and awk. */
const unquotedText = /^[\w.+/~=-][\w.@+/~=-]*(?:[: ][\w.@+/~=-]+)*$/;

/** Strings that YAML reads as another type if they are not quoted. */
const specialTexts = [
  /^(?:true|false|yes|no|on|off|y|n|null|~|---|\.\.\.|-|=)$/i,
  /^[-+.]?\d[\d_.:]*(?:e[-+]?\d+)?$/i,
  /^0[xob][\da-f_]+$/i,
  /^[-+]?\.(?:inf|nan)$/i,
  /^\d{4}-\d\d?-\d\d?/,
  /^- /,
];

/** Characters that JSON leaves unescaped, but that YAML does not allow or treats as line breaks. */
const unprintable = /[\x7f-\x9f\u2028\u2029\ufeff]/g;

/** Formats a string on one line of YAML 1.1 or 1.2, in quotes only if necessary. */
export function formatYamlText(value: string): string {
  if (unquotedText.test(value) && !specialTexts.some((special) => special.test(value)))
    return value;
  return escapeForYaml(JSON.stringify(value));
}

/** Escapes the characters in strings of JSON that YAML does not allow. */
function escapeForYaml(json: string): string {
  return json.replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
