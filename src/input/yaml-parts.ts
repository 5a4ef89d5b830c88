import { duplicateKey, type TextProblem, type ParsedText, type ValuePath } from './parsed-text.js';
import { parseYaml } from './yaml.js';

/** Smaller texts are parsed in one piece. */
const minimumSplitSize = 256 * 1024;

/** Larger texts would need too much memory to parse at once. */
const maximumWholeSize = 4 * 1024 * 1024;

interface Sizes {
  readonly minimumSplitSize: number;
  readonly maximumWholeSize: number;
  /** Size of one part, unless a single entry is larger. */
  readonly partSize: number;
}

const defaultSizes: Sizes = {
  minimumSplitSize,
  maximumWholeSize,
  partSize: 64 * 1024,
};

/**
 * Parses YAML of any size in bounded memory. A large text is parsed in parts if it has the form that
 * `uaa export` writes, with sections at the left margin and the name of each entry on a line of its
 * own: the parser takes about 100 times the memory of the text.
 */
export function parseLargeYaml(text: string, sizes: Sizes = defaultSizes): ParsedText {
  if (text.length < sizes.minimumSplitSize) return parseYaml(text);
  const isLarge = text.length > sizes.maximumWholeSize;
  const sections = splitSections(text, sizes.partSize);
  const parsed = sections === undefined ? undefined : parseSections(text, sections);
  // Rare forms of YAML, e.g. aliases, are understood only when the text is parsed at once.
  if (parsed !== undefined && (parsed.problems.length === 0 || isLarge)) return parsed;
  return isLarge ? failTooLarge(sizes) : parseYaml(text);
}

function failTooLarge({ maximumWholeSize: limit }: Sizes): ParsedText {
  const text =
    `a YAML file larger than ${String(limit / 1024 / 1024)} MiB must have the form that ` +
    'uaa export writes, with each name on a separate line; otherwise, convert it to JSON';
  return { value: undefined, problems: [{ offset: 0, text }], offsetOf: () => 0 };
}

/** Some entries of a section. */
interface Part {
  readonly start: number;
  readonly end: number;
}

interface Section {
  /** The line with its key. */
  readonly header: string;
  readonly start: number;
  readonly parts: readonly Part[];
}

/** A section starts with a key alone on its line. */
const sectionStart = /^[A-Za-z][\w.-]*:[ \t]*(?:#.*)?\r?$/;
/** The key of an entry: not a continuation line or a list item. */
const entryStart = /^ +["'\w]/;

/** @returns `undefined` if the text does not have the form of sections with entries. */
function splitSections(text: string, partSize: number): readonly Section[] | undefined {
  const sections: { header: string; start: number; parts: { start: number; end: number }[] }[] = [];
  let indent = 0;
  for (const { line, start, end } of splitLines(text)) {
    const section = sections.at(-1);
    const part = section?.parts.at(-1);
    const content = line.search(/[^ \r]/);
    const isBlank = content === -1 || line[content] === '#';
    if (!isBlank && content === 0) {
      if (!sectionStart.test(line)) return undefined;
      sections.push({ header: line.trimEnd(), start, parts: [] });
      indent = 0;
      continue;
    }
    if (!isBlank) {
      if (section === undefined || content < indent) return undefined;
      if (indent === 0) indent = content;
      if (content === indent && !entryStart.test(line)) return undefined;
      const isFull = part === undefined || start - part.start >= partSize;
      if (content === indent && isFull) {
        section.parts.push({ start, end });
        continue;
      }
    }
    // Blank lines and lines starting with # can be part of a multi-line string.
    if (part !== undefined) part.end = end;
  }
  return sections.length === 0 ? undefined : sections;
}

function* splitLines(text: string): Generator<{ line: string; start: number; end: number }> {
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline + 1;
    yield { line: text.slice(start, newline === -1 ? end : newline), start, end };
    start = end;
  }
}

/** @returns `undefined` if the text would mean something else when parsed as a whole. */
function parseSections(text: string, sections: readonly Section[]): ParsedText | undefined {
  const problems: TextProblem[] = [];
  const values = new Map<string, unknown>();
  const indexes = new Map<string, SectionIndex>();
  for (const section of sections) {
    const { header, start, parts } = section;
    const [name, ...others] = Object.keys(Object(parseYaml(header).value) as object);
    if (name === undefined || others.length > 0) return undefined;
    if (indexes.has(name)) problems.push({ offset: start, text: duplicateKey });
    const entries = new Map<string, unknown>();
    const partOf = new Map<string, Part>();
    for (const part of parts) {
      const parsed = parsePart(text, header, part);
      problems.push(...parsed.problems);
      if (parsed.problems.length > 0) continue;
      const found = Object.getOwnPropertyDescriptor(Object(parsed.value), name)?.value as unknown;
      if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined;
      for (const [key, value] of Object.entries(found)) {
        if (entries.has(key)) {
          problems.push({ offset: parsed.offsetOf([name, key]), text: duplicateKey });
        }
        entries.set(key, value);
        partOf.set(key, part);
      }
    }
    values.set(name, parts.length === 0 ? null : Object.fromEntries(entries));
    indexes.set(name, { section, partOf });
  }
  return {
    value: Object.fromEntries(values),
    problems,
    offsetOf: createOffsetFinder(text, indexes),
  };
}

interface SectionIndex {
  readonly section: Section;
  /** By the key of an entry. */
  readonly partOf: ReadonlyMap<string, Part>;
}

/** Parses a part. The offsets are relative to the start of the whole text. */
function parsePart(text: string, header: string, { start, end }: Part): ParsedText {
  const { value, problems, offsetOf } = parseYaml(`${header}\n${text.slice(start, end)}`);
  const toWhole = (offset: number): number => Math.max(0, offset - header.length - 1) + start;
  return {
    value,
    problems: problems.map((problem) => ({ ...problem, offset: toWhole(problem.offset) })),
    offsetOf: (valuePath) => toWhole(offsetOf(valuePath)),
  };
}

/** Parses a part again to locate problems. The last part is cached, because they come in order. */
function createOffsetFinder(
  text: string,
  indexes: ReadonlyMap<string, SectionIndex>,
): (valuePath: ValuePath) => number {
  let last: { readonly part: Part; readonly parsed: ParsedText } | undefined;
  return (valuePath) => {
    const [name, key] = valuePath.map(String);
    const index = name === undefined ? undefined : indexes.get(name);
    if (index === undefined) return 0;
    const { section, partOf } = index;
    const part = key === undefined ? undefined : partOf.get(key);
    if (part === undefined) return section.start;
    if (last?.part !== part) last = { part, parsed: parsePart(text, section.header, part) };
    return last.parsed.offsetOf(valuePath);
  };
}
