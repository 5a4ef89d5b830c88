import yaml, { type Document, type Node } from 'yaml';
import type { Place } from './input-file.js';

const { isAlias, isMap, isNode, isScalar, isSeq, visit } = yaml;

/** Where in the text a part of a document begins: its key where it has one. */
export function offsetOf(document: Document.Parsed, place: Place): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of place) {
    const inner = member(isNode(node) ? resolved(node, document) : undefined, step);
    if (!inner) break;
    offset = startOf(inner.key) ?? startOf(inner.value) ?? offset;
    node = inner.value;
  }
  return offset;
}

/** Whole numbers beyond 2^53, of which JavaScript keeps the first digits alone. */
export function lossyNumbers(document: Document.Parsed): { offset: number; text: string }[] {
  const found: { offset: number; text: string }[] = [];
  visit(document, {
    Scalar(_key, { value, source = '', range }) {
      const isWhole = typeof value === 'number' && Number.isInteger(value);
      if (isWhole && !Number.isSafeInteger(value) && /^[-+]?(\d+|0[xo][\da-f]+)$/i.test(source)) {
        found.push({ offset: range?.[0] ?? 0, text: source });
      }
    },
  });
  return found;
}

function resolved(node: Node, document: Document.Parsed): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function member(
  node: unknown,
  step: string | number,
): { readonly key?: unknown; readonly value: unknown } | undefined {
  if (isMap(node)) {
    return node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  }
  const value = isSeq(node) && typeof step === 'number' ? node.items[step] : undefined;
  return value === undefined ? undefined : { value };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
