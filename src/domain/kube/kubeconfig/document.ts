import { isDeepStrictEqual } from 'node:util';
import yaml, { type Document, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { TpksError } from '../../../base/errors.js';
import { isObject, type JsonObject } from '../../../base/json-value.js';
import { createLineFinder } from '../../../platform/input/parsed-text.js';
import { formatYamlText, composeYaml } from '../../../platform/input/yaml.js';
import { emptyConfig, entryKeys } from './entries.js';

const { isAlias, isMap, isScalar, isSeq, visit } = yaml;

/**
 * Parses YAML or JSON. All scalars are strings, so that a change elsewhere does not rewrite a number.
 * @throws {TpksError} `usage` with the line if kubectl could not load the file either.
 */
export function parseKubeconfig(path: string, text: string): JsonObject {
  const value = toValue(path, parseDocument(path, text));
  if (value === undefined) return emptyConfig;
  if (!isObject(value)) throw invalidFileError(path, 'line 1: the file is not a kubeconfig');
  for (const list of Object.keys(entryKeys)) validateList(path, list, value[list]);
  return value;
}

/**
 * Comments, the order of members, quotes and unknown members are kept.
 * @throws {TpksError} `usage` if other entries would change, e.g. because an anchor is removed.
 */
export function changeText(path: string, text: string, value: JsonObject): string {
  const document = parseDocument(path, text);
  const old = toValue(path, document);
  const newValue = withStrings(value);
  if (isDeepStrictEqual(old, newValue)) return text;
  const { contents } = document;
  const isJson = isMap(contents) && contents.flow === true && contents.items.length > 0;
  const editor = new NodeEditor(document, isJson);
  try {
    const root = isMap(contents) ? contents : null;
    document.contents = editor.change(root, old, value) as typeof contents;
    const result = formatDocument(document, text);
    if (isDeepStrictEqual(toValue(path, parseDocument(path, result)), newValue)) return result;
  } catch (error) {
    throw unchangeableError(path, text, error);
  }
  throw unchangeableError(path, text);
}

export function invalidFileError(path: string, problem: string): TpksError {
  return new TpksError('usage', `${path}, ${problem}`, {
    hint: 'correct the file, or set KUBECONFIG to another file',
  });
}

function parseDocument(path: string, text: string): Document.Parsed {
  const { document, problems } = composeYaml(text, { schema: 'failsafe', merge: true });
  const [problem] = [...problems].sort((one, other) => one.offset - other.offset);
  if (problem === undefined) return document;
  const line = createLineFinder(text)(problem.offset);
  throw invalidFileError(path, `line ${String(line)}: ${problem.safeText}`);
}

function toValue(path: string, document: Document.Parsed): unknown {
  try {
    const value: unknown = document.toJS();
    return isNull(value) ? undefined : withStrings(value);
  } catch {
    throw invalidFileError(path, 'line 1: its aliases cannot be resolved');
  }
}

function validateList(path: string, list: string, items: unknown): void {
  if (isNull(items)) return;
  if (!Array.isArray(items)) throw invalidFileError(path, `${list}: this is not a list`);
  const names = new Set<unknown>();
  for (const item of items as readonly unknown[]) {
    if (!isObject(item)) throw invalidFileError(path, `${list}: an entry is not an object`);
    const { name = '' } = item;
    if (typeof name !== 'string') throw invalidFileError(path, `${list}: a name is not a string`);
    if (names.has(name)) throw invalidFileError(path, `${list}: ${name} occurs more than once`);
    names.add(name);
  }
}

/** Whether a value is missing, or a scalar that kubectl reads as null. */
function isNull(value: unknown): boolean {
  return value == null || ['', '~', 'null', 'Null', 'NULL'].includes(value as string);
}

function withStrings(value: unknown): unknown {
  const text = JSON.stringify(
    value,
    (_key, member: object | string | number | boolean | null | undefined) =>
      member === undefined || (typeof member === 'object' && member !== null)
        ? member
        : String(member),
  );
  return JSON.parse(text) as unknown;
}

class NodeEditor {
  private readonly document: Document;
  private readonly isJson: boolean;

  constructor(document: Document, isJson: boolean) {
    this.document = document;
    this.isJson = isJson;
  }

  /** Changes a node from its old value to a new one. @returns the node or its replacement. */
  change(node: unknown, old: unknown, value: unknown): unknown {
    if (isDeepStrictEqual(old, withStrings(value))) return node;
    if (isAlias(node)) throw new Error('the anchor of an alias would change');
    if (isMap(node) && isObject(old) && isObject(value)) return this.changeMap(node, old, value);
    if (isSeq(node) && Array.isArray(old) && Array.isArray(value)) {
      return this.changeList(node, old, value);
    }
    if (isScalar(node) && !(isObject(value) || Array.isArray(value))) {
      this.setScalar(node, value);
      return node;
    }
    const created = this.createNode(value);
    if (isScalar(node)) created.commentBefore = node.commentBefore ?? node.comment ?? null;
    return created;
  }

  private changeMap(node: YAMLMap, old: JsonObject, value: JsonObject): YAMLMap {
    if (node.items.length === 0 && !this.isJson) node.flow = false;
    for (const key of Object.keys(old)) if (value[key] === undefined) node.delete(key);
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue;
      const pair = node.items.find((each) => isScalar(each.key) && each.key.value === key);
      if (pair !== undefined) {
        pair.value = this.change(pair.value, old[key], member);
        if (isSeq(pair.value) && pair.value.items.length === 0) moveComment(pair.key, pair.value);
      } else if (!isDeepStrictEqual(old[key], withStrings(member))) {
        node.add(this.document.createPair(this.createNode(key), this.createNode(member)));
      }
    }
    return node;
  }

  private changeList(node: YAMLSeq, old: readonly unknown[], value: readonly unknown[]): YAMLSeq {
    if (node.items.length === 0 && !this.isJson) node.flow = false;
    if (value.length === 0) node.flow = true;
    const { items } = node;
    node.items = value.map((item) => {
      const index = old.findIndex((each) => isSameItem(each, item));
      return index === -1 ? this.createNode(item) : this.change(items[index], old[index], item);
    });
    return node;
  }

  private createNode(value: unknown) {
    const node = this.document.createNode(value);
    visit(node, {
      Scalar: (_key, scalar) => {
        this.setScalar(scalar, scalar.value);
      },
    });
    return node;
  }

  private setScalar(node: Scalar, value: unknown): void {
    node.value = String(value);
    const isQuoted = typeof value === 'string' && (this.isJson || needsQuotes(value));
    node.type = isQuoted ? 'QUOTE_DOUBLE' : 'PLAIN';
  }
}

/** Before `[]`, the package would print a comment or a blank line that makes the text invalid. */
function moveComment(key: unknown, list: YAMLSeq): void {
  list.spaceBefore = false;
  if (!isScalar(key) || !list.commentBefore) return;
  key.commentBefore = [key.commentBefore, list.commentBefore].filter(Boolean).join('\n');
  list.commentBefore = null;
}

/** kubectl uses YAML 1.1, which has more number formats. */
function needsQuotes(value: string): boolean {
  return /^[-+]?\.?\d/.test(value) || formatYamlText(value) !== value;
}

/** Entries are the same if they have the same name. */
function isSameItem(one: unknown, other: unknown): boolean {
  const name = isObject(one) ? one['name'] : undefined;
  if (name === undefined) return isDeepStrictEqual(one, other);
  return isObject(other) && other['name'] === name;
}

/** kubectl rejects these characters, or reads them as line breaks. New values that contain them are in double quotes. */
const unsafeCharacters = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

function formatDocument(document: Document, oldText: string): string {
  const text = document.toString({
    lineWidth: 0,
    flowCollectionPadding: false,
    doubleQuotedAsJSON: true,
    // kubectl does not indent lists, but other tools do.
    indentSeq: /^\w+:.*\n +- /m.test(oldText),
  });
  const escaped = text.replace(
    unsafeCharacters,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const withLineBreaks = oldText.includes('\r\n') ? escaped.replaceAll('\n', '\r\n') : escaped;
  return oldText.startsWith('\ufeff') ? `\ufeff${withLineBreaks}` : withLineBreaks;
}

function unchangeableError(path: string, text: string, cause?: unknown): TpksError {
  const reason = /(?:^|[\s[{,])[&*]\w/.test(text) ? ', because of its YAML anchors' : '';
  return new TpksError(
    'usage',
    `Cannot change ${path} without changing other entries in it${reason}`,
    { hint: 'edit the file by hand, or set KUBECONFIG to another file', cause },
  );
}
