import yaml, { type CST as Tokens } from 'yaml';
import { composeYaml } from '../../input/yaml.js';

const { isAlias, isCollection, isMap, isPair, isScalar, isSeq } = yaml;

/** A YAML text, with the positions of its parts. */
export interface SourceDocument {
  /** JSON value, in which aliases and merge keys are resolved. */
  readonly value: unknown;
  /** `undefined` if the text contains no value, only comments. */
  readonly root: SourceNode | undefined;
}

/** A value in a YAML text. Positions are offsets from the start of the text. */
export interface SourceNode {
  readonly kind: 'map' | 'list' | 'scalar' | 'alias';
  /** Whether it is a map or list in brackets. */
  readonly isFlow: boolean;
  /** Start, without an anchor and a tag. */
  readonly start: number;
  /** End, without a comment or line break that follows. */
  readonly end: number;
  readonly members: readonly SourceMember[];
}

/** A pair of a map or an item of a list. */
export interface SourceMember {
  /** `undefined` for list items, merge keys, and keys that are not scalars. */
  readonly key: string | undefined;
  /** Start of the key, the dash, or (in brackets) the list item. */
  readonly start: number;
  /** End of the colon or dash. */
  readonly headEnd: number;
  /** End of the anchor and tag of the value, or of the colon or dash. */
  readonly tagEnd: number;
  /** `undefined` if nothing follows the colon or dash. */
  readonly value: SourceNode | undefined;
  readonly end: number;
  /** Whether it cannot be removed with its lines, because it shares its first line with its parent. */
  readonly isFixed: boolean;
}

/** A YAML text that cannot be parsed. */
export interface SourceProblem {
  readonly offset: number;
  readonly text: string;
}

/** Parses one YAML document. @returns the first problem instead if the document has problems. */
export function parseSource(text: string): SourceDocument | SourceProblem {
  const { document, problems } = composeYaml(text, { keepSourceTokens: true, merge: true });
  const [problem] = [...problems].sort((one, other) => one.offset - other.offset);
  if (problem !== undefined) return problem;
  const { contents } = document;
  try {
    const value = JSON.parse(JSON.stringify(document.toJS() ?? null)) as unknown;
    const token = contents?.srcToken as Tokens.Token | undefined;
    const root = token === undefined ? undefined : createReader(text)(contents, token);
    return { value, root };
  } catch {
    return { offset: 0, text: 'its aliases cannot be resolved' };
  }
}

export function isSourceProblem(result: SourceDocument | SourceProblem): result is SourceProblem {
  return 'offset' in result;
}

type Item = Tokens.CollectionItem;

function createReader(text: string) {
  const toNode = (node: unknown, token: Tokens.Token): SourceNode => {
    const kind = isAlias(node) ? 'alias' : isMap(node) ? 'map' : isSeq(node) ? 'list' : 'scalar';
    const isFlow = token.type === 'flow-collection';
    const items = isCollection(node) && 'items' in token ? token.items.filter(hasContent) : [];
    const nodes: readonly unknown[] = isCollection(node) ? node.items : [];
    const members = items.map((item, index) => toMember(nodes[index], item, isFlow));
    return { kind, isFlow, start: token.offset, end: findEnd(token), members };
  };
  const toMember = (node: unknown, item: Item, isFlow: boolean): SourceMember => {
    const { start: prefix, key, sep = [], value } = item;
    const start = findStart(item) ?? 0;
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    const head = [...prefix, ...sep].findLast(({ type }) => indicators.includes(type));
    const headEnd = head !== undefined ? endOf(head) : key ? findEnd(key) : start;
    const tag = (key ? sep : prefix).findLast(({ type }) => type === 'anchor' || type === 'tag');
    const tagEnd = tag === undefined ? headEnd : endOf(tag);
    return {
      key: isPair(node) && isScalar(node.key) ? toKey(node.key.value) : undefined,
      start,
      headEnd,
      tagEnd,
      value: value == null ? undefined : toNode(isPair(node) ? node.value : node, value),
      end: value == null ? tagEnd : findEnd(value),
      isFixed: !isFlow && text.slice(lineStart, start).trim() !== '',
    };
  };
  return toNode;
}

/** The parser adds items that contain only the comments at the end of a collection. */
function hasContent(item: Item): boolean {
  return findStart(item) !== undefined;
}

const indicators: readonly string[] = ['seq-item-ind', 'map-value-ind'];

/** A merge key is a symbol. */
function toKey(value: unknown): string | undefined {
  return typeof value === 'symbol' ? undefined : String(value);
}

/** @returns `undefined` for an item that contains only comments. */
function findStart({ start, key, sep, value }: Item): number | undefined {
  const spaces = ['space', 'newline', 'comment', 'comma'];
  const first = start.find(({ type }) => !spaces.includes(type));
  return (first ?? key ?? sep?.[0] ?? value)?.offset;
}

function endOf({ offset, source }: Tokens.SourceToken): number {
  return offset + source.length;
}

function findEnd(token: Tokens.Token): number {
  if (token.type === 'block-map' || token.type === 'block-seq') {
    const last = token.items.findLast(hasContent);
    return last === undefined ? token.offset : findItemEnd(last);
  }
  if (token.type === 'flow-collection') {
    const bracket = token.end.find(({ type }) => type.startsWith('flow-'));
    return bracket === undefined ? token.offset : endOf(bracket);
  }
  if (token.type === 'block-scalar') return findBlockScalarEnd(token);
  return 'source' in token ? token.offset + token.source.length : token.offset;
}

/** Excludes the last line break, so that text is inserted after the scalar but before that line break. */
function findBlockScalarEnd({ offset, props, source }: Tokens.BlockScalar): number {
  const header = props.at(-1);
  const start =
    header !== undefined && 'source' in header ? header.offset + header.source.length : offset;
  return source === '' ? start - 1 : start + source.replace(/\r?\n$/, '').length;
}

function findItemEnd({ start, key, sep, value }: Item): number {
  if (value) return findEnd(value);
  const last = [...start, ...(sep ?? [])].findLast(
    ({ type }) => indicators.includes(type) || type === 'anchor' || type === 'tag',
  );
  return last === undefined ? (key ? findEnd(key) : 0) : endOf(last);
}
