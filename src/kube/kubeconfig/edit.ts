import { isDeepStrictEqual } from 'node:util';
import { TpksError } from '../../errors.js';
import { isObject, type JsonObject } from '../../json-value.js';
import { isSourceProblem, parseSource, type SourceDocument } from './document.js';
import type { SourceMember, SourceNode } from './document.js';
import { formatBlock, formatFlow, type TextStyle } from './format.js';
import type { StoredFile } from './storage.js';
import { createSplices, type Splice, type Splices } from './splices.js';

/**
 * Changes the value of a YAML or JSON text. The parts with unchanged values keep every byte: comments,
 * anchors, quotes, indentation and line breaks. The lists of named entries are compared by name.
 * @returns the original text if the value is unchanged.
 * @throws {TpksError} `usage` if the remaining text cannot be preserved, e.g. because an entry
 *   refers to an anchor in a part that changes.
 */
export function changeText(
  { path, text, document }: Pick<StoredFile, 'path' | 'text' | 'document'>,
  newValue: JsonObject,
): string {
  // Drops undefined members, which the text cannot contain.
  const value = JSON.parse(JSON.stringify(newValue)) as JsonObject;
  if (isDeepStrictEqual(document.value, value)) return text;
  const result = edit(text, document, value);
  const parsed = parseSource(result);
  // The comparison detects everything that the edits do not take into account, such as anchors.
  if (!isSourceProblem(parsed) && isDeepStrictEqual(parsed.value, value)) return result;
  throw new TpksError(
    'usage',
    `Cannot change ${path} without changing other entries in it, because of its YAML anchors or its layout`,
    { hint: 'edit the file by hand, or set KUBECONFIG to another file' },
  );
}

function edit(text: string, { root, value: old }: SourceDocument, value: JsonObject): string {
  const style = findStyle(text, root);
  if (root?.kind !== 'map' || root.members.length === 0 || !isObject(old)) {
    return replaceEmptyDocument(text, root, value, style);
  }
  const splices = createSplices(text, style);
  changeMap(root, { old, value, depth: 0 }, splices);
  return applySplices(text, splices.list);
}

function findStyle(text: string, root: SourceNode | undefined): TextStyle {
  const [first] = root?.isFlow === true ? root.members : [];
  const start = first === undefined ? '' : text.slice((root?.start ?? 0) + 1, first.start);
  return {
    lineBreak: /\r?\n/.exec(text)?.[0] ?? '\n',
    flowIndent: /\n([ \t]*)$/.exec(start)?.[1],
  };
}

function replaceEmptyDocument(
  text: string,
  root: SourceNode | undefined,
  value: JsonObject,
  style: TextStyle,
): string {
  const { lineBreak } = style;
  const content =
    root?.isFlow === true
      ? formatFlow(value, '', { ...style, flowIndent: '  ' })
      : formatBlock(value, 0, style);
  if (root !== undefined) return text.slice(0, root.start) + content + text.slice(root.end);
  const start = text === '' || text.endsWith('\n') ? text : `${text}${lineBreak}`;
  return `${start}${content}${lineBreak}`;
}

interface Change<T> {
  readonly old: T;
  readonly value: T;
  /** Number of keys and indexes in the path of the value. */
  readonly depth: number;
}

/** Whether the change of a value can be split into changes of its parts. */
function canSplit(node: SourceNode | undefined, { old, value }: Change<unknown>): boolean {
  if (node?.kind === 'map') {
    if (!isObject(old) || !isObject(value)) return false;
    const removed = Object.keys(old).filter((key) => !Object.hasOwn(value, key));
    const removable = new Set(
      node.members.map((member) => (member.isFixed ? undefined : member.key)),
    );
    return removed.length < node.members.length && removed.every((key) => removable.has(key));
  }
  if (node?.kind !== 'list' || !Array.isArray(old) || !Array.isArray(value)) return false;
  return node.members.length === old.length && alignItems(old, value) !== undefined;
}

function changeMap(node: SourceNode, change: Change<JsonObject>, splices: Splices): void {
  const { old, value, depth } = change;
  for (const member of node.members) {
    const { key } = member;
    if (key === undefined || !Object.hasOwn(value, key)) continue;
    changeMember(node, member, { old: old[key], value: value[key], depth: depth + 1 }, splices);
  }
  const present = new Set(node.members.map(({ key }) => key));
  for (const [key, added] of Object.entries(value)) {
    const isMerged = isDeepStrictEqual(old[key], added);
    if (!present.has(key) && !isMerged) splices.addPair(node, key, added, depth + 1);
  }
  splices.removeMembers(
    node,
    node.members.filter(({ key }) => key !== undefined && !Object.hasOwn(value, key)),
  );
}

function changeMember(
  parent: SourceNode,
  member: SourceMember,
  change: Change<unknown>,
  splices: Splices,
): void {
  const { old, value, depth } = change;
  if (isDeepStrictEqual(old, value)) return;
  const node = member.value;
  if (node === undefined || !canSplit(node, change)) {
    splices.replaceValue(parent, member, value);
  } else if (isObject(old) && isObject(value)) {
    changeMap(node, { old, value, depth }, splices);
  } else if (Array.isArray(old) && Array.isArray(value)) {
    changeList(parent, member, { old, value, depth }, splices);
  }
}

function changeList(
  parent: SourceNode,
  member: SourceMember,
  { old, value, depth }: Change<readonly unknown[]>,
  splices: Splices,
): void {
  const node = member.value;
  const positions = alignItems(old, value);
  if (node === undefined || positions === undefined) return;
  node.members.forEach((item, index) => {
    const position = positions[index];
    if (position === undefined) return;
    const change = { old: old[index], value: value[position], depth: depth + 1 };
    changeMember(node, item, change, splices);
  });
  const storedCount = positions.filter((position) => position !== undefined).length;
  if (storedCount === 0 || node.members.length === 0) {
    splices.replaceItems(parent, member, value);
    return;
  }
  splices.appendItems(node, value.slice(storedCount), depth + 1);
  splices.removeMembers(
    node,
    node.members.filter((_item, index) => positions[index] === undefined),
  );
}

/**
 * Finds the old items of a list in the new list.
 * @returns for each old item its new index, or `undefined` if it was removed. Returns `undefined` if
 *   the order of the items has changed, or if items were inserted between them.
 */
function alignItems(
  old: readonly unknown[],
  value: readonly unknown[],
): readonly (number | undefined)[] | undefined {
  if (old.length === value.length && old.every((item) => nameOf(item) === undefined)) {
    return old.map((_item, index) => index);
  }
  let next = 0;
  const positions = old.map((item) => {
    if (next >= value.length || !isSameItem(item, value[next])) return undefined;
    next += 1;
    return next - 1;
  });
  const oldNames = new Set(old.map(nameOf));
  const isAppended = value.slice(next).every((item) => {
    const name = nameOf(item);
    return name === undefined ? next === old.length : !oldNames.has(name);
  });
  return isAppended ? positions : undefined;
}

function isSameItem(one: unknown, other: unknown): boolean {
  const name = nameOf(one);
  return name === undefined ? isDeepStrictEqual(one, other) : name === nameOf(other);
}

function nameOf(item: unknown): unknown {
  return isObject(item) ? item['name'] : undefined;
}

/** Inserts and deletes text. Of texts that are inserted at the same offset, the most deeply nested comes first. */
function applySplices(text: string, splices: readonly Splice[]): string {
  const sorted = [...splices].sort(
    (one, other) => one.start - other.start || one.end - other.end || other.depth - one.depth,
  );
  let result = '';
  let position = 0;
  for (const { start, end, text: added } of sorted) {
    result += text.slice(position, Math.max(position, start)) + added;
    position = Math.max(position, end);
  }
  return result + text.slice(position);
}
