import type { SourceMember, SourceNode } from './document.js';
import { formatBlock, formatFlow, formatInline, formatMember, isInline } from './format.js';
import type { TextStyle } from './format.js';

/** A part of a text that is replaced. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Number of keys and indexes in the path of the added value. */
  readonly depth: number;
}

/** Collects changes of a YAML text. They must not overlap. */
export interface Splices {
  readonly list: readonly Splice[];
  /** Adds a pair at the end of a map that is not empty. */
  readonly addPair: (map: SourceNode, key: string, value: unknown, depth: number) => void;
  /** Adds items at the end of a list that is not empty. */
  readonly appendItems: (list: SourceNode, items: readonly unknown[], depth: number) => void;
  /** Replaces the value of a pair or an item. */
  readonly replaceValue: (parent: SourceNode, member: SourceMember, value: unknown) => void;
  /** Removes some of the members of a collection. */
  readonly removeMembers: (parent: SourceNode, members: readonly SourceMember[]) => void;
  /** Fills an empty list, or replaces all items of a list. */
  readonly replaceItems: (
    parent: SourceNode,
    member: SourceMember,
    items: readonly unknown[],
  ) => void;
}

export function createSplices(text: string, style: TextStyle): Splices {
  const list: Splice[] = [];
  const { lineBreak } = style;
  const add = (start: number, end: number, added: string, depth = 0) => {
    list.push({ start, end, text: added, depth });
  };
  const lineStart = (offset: number) => text.lastIndexOf('\n', offset - 1) + 1;
  const columnOf = (offset: number) =>
    offset - lineStart(offset) - (text.startsWith('\ufeff') && lineStart(offset) === 0 ? 1 : 0);
  /** The end of the line of an offset, before its line break. Text below the line is added here. */
  const lineEnd = (offset: number) => {
    const end = text.indexOf('\n', offset);
    if (end === -1) return text.length;
    return text[end - 1] === '\r' && end > offset ? end - 1 : end;
  };
  /** The end of the previous line, without its line break. */
  const previousLineEnd = (offset: number) => {
    const start = lineStart(offset);
    return text[start - 2] === '\r' ? start - 2 : start - 1;
  };
  const indentAt = (offset: number) => /^[ \t]*/.exec(text.slice(lineStart(offset)))?.[0] ?? '';

  /** Adds text after the last member of a collection in brackets, with the same separator. */
  const appendFlow = (node: SourceNode, depth: number, format: (indent: string) => string) => {
    const last = node.members.at(-1);
    if (last === undefined) return;
    const previous = node.members.at(-2);
    const between = text.slice(previous?.end ?? node.start, last.start);
    const separator = (previous ? /,(\s*)$/ : /^.(\s+)$/).exec(between)?.[1] ?? ' ';
    const indent = separator.includes('\n')
      ? (/[^\n]*$/.exec(separator)?.[0] ?? '')
      : indentAt(last.start);
    add(last.end, last.end, `,${separator}${format(indent)}`, depth);
  };

  const replaceValue: Splices['replaceValue'] = (parent, member, value) => {
    const { headEnd, end, value: old } = member;
    const isOnHeadLine = old !== undefined && lineStart(old.start) === lineStart(headEnd);
    if (parent.isFlow) {
      const added = formatFlow(value, indentAt(member.start), style);
      const isItem = parent.kind === 'list';
      if (old === undefined || !(isOnHeadLine || isItem))
        add(headEnd, end, `: ${added}`.slice(text[headEnd - 1] === ':' ? 1 : 0));
      else add(startOf(member), end, added);
    } else if (parent.kind === 'list') {
      const column = columnOf(member.start) + 2;
      add(headEnd, end, ` ${formatBlock(value, column, style)}`);
    } else if (isInline(value)) {
      if (isOnHeadLine) add(startOf(member), end, formatInline(value));
      else add(headEnd, end, ` ${formatInline(value)}`);
    } else {
      add(headEnd, end, '');
      const added = formatMember(value, columnOf(member.start), style);
      add(lineEnd(end), lineEnd(end), added, Infinity);
    }
  };
  /** The start of the value with its anchor and tag. */
  const startOf = ({ headEnd, start, value }: SourceMember) => {
    const head = Math.max(headEnd, start);
    const space = /^[ \t]*/.exec(text.slice(head, value?.start))?.[0].length ?? 0;
    return head + space;
  };

  return {
    list,
    replaceValue,
    addPair: (map, key, value, depth) => {
      if (map.isFlow) {
        appendFlow(
          map,
          depth,
          (indent) => `${JSON.stringify(key)}: ${formatFlow(value, indent, style)}`,
        );
        return;
      }
      const column = columnOf(map.start);
      const pair = `${lineBreak}${' '.repeat(column)}${formatBlock({ [key]: value }, column, style)}`;
      add(lineEnd(map.end), lineEnd(map.end), pair, depth);
    },
    appendItems: (node, items, depth) => {
      for (const item of items) {
        if (node.isFlow) {
          appendFlow(node, depth, (indent) => formatFlow(item, indent, style));
          continue;
        }
        const column = columnOf(node.start);
        const added = `${lineBreak}${' '.repeat(column)}${formatBlock([item], column, style)}`;
        add(lineEnd(node.end), lineEnd(node.end), added, depth);
      }
    },
    removeMembers: (parent, members) => {
      const removed = new Set(members);
      if (!parent.isFlow) {
        for (const { start, end } of members) add(previousLineEnd(start), lineEnd(end), '');
        return;
      }
      const all = parent.members;
      const firstKept = all.findIndex((member) => !removed.has(member));
      all.forEach((member, index) => {
        if (!removed.has(member)) return;
        if (index > firstKept) add(all[index - 1]?.end ?? member.start, member.end, '');
        else add(member.start, all[index + 1]?.start ?? member.end, '');
      });
    },
    replaceItems: (parent, member, items) => {
      const node = member.value;
      if (node === undefined) return;
      const isEmptied = node.members.length > 0 && items.length === 0;
      if (node.isFlow && isEmptied) {
        add(node.start + 1, node.end - 1, '');
      } else if (isEmptied) {
        add(member.tagEnd, member.tagEnd, ' []');
        for (const { start, end } of node.members) add(previousLineEnd(start), lineEnd(end), '');
      } else if (node.members.length === 0 && parent.isFlow) {
        const indent = indentAt(node.start);
        add(node.start, node.end, formatFlow(items, indent, style));
      } else {
        replaceValue(parent, member, items);
      }
    },
  };
}
