/** Printed in place of a secret. */
export const mask = '•••';

/**
 * Maps each known secret to the texts to search for. These are computed when a text is first long enough
 * to contain the secret.
 */
const knownSecrets = new Map<string, readonly string[] | undefined>();

/** Forgets all known secrets, so that a run in the same process does not depend on an earlier one. */
export function forgetSecrets(): void {
  knownSecrets.clear();
}

/** A value that is never printed by accident: templates, JSON and `util.inspect` show a mask. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    for (const part of splitSecret(value))
      if (!knownSecrets.has(part)) knownSecrets.set(part, undefined);
  }

  /** Returns the value itself. Use only for the keychain, the grants and the bearer header. */
  reveal(): string {
    return this.#value;
  }

  equals(other: Secret | undefined): boolean {
    return other?.reveal() === this.#value;
  }

  get isEmpty(): boolean {
    return this.#value === '';
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return mask;
  }
}

/**
 * Masks every known secret in a text, even if it is encoded, and everything that looks like a JWT. The
 * time is linear in the length of the text.
 */
export function redact(text: string): string {
  return maskRanges(text, findSecretRanges(text), text.length);
}

/**
 * Redacts only the start of a text, which is faster than redacting all of it.
 * @param length - maximum number of characters to return.
 */
export function redactStart(text: string, length: number): string {
  let longest = 0;
  for (const value of knownSecrets.keys()) longest = Math.max(longest, value.length);
  const margin = longest * maximumEncodedLength;
  const window = text.slice(0, length * 16 + margin * 2);
  // A secret that extends beyond the window is not recognized, so the end of the window is dropped.
  const isTruncated = window.length < text.length;
  const end = isTruncated ? Math.max(0, window.length - margin) : window.length;
  return maskRanges(window, findSecretRanges(window), end).slice(0, length);
}

/** Maximum number of characters for one encoded character, e.g. `%25C3%25BC` for `ü`. */
const maximumEncodedLength = 12;
/** Maximum number of characters for one percent-encoded character, e.g. `%E2%82%AC` for `€`. */
const maximumPercentEncodedLength = 9;

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Finds the positions of secrets, sorted by start. Ranges may overlap. */
function findSecretRanges(text: string): Range[] {
  const ranges: Range[] = [];
  for (const { 0: token, index } of text.matchAll(/\beyJ[\w-]{5,}(?:\.[\w-]*){0,2}/g)) {
    ranges.push({ start: index, end: index + token.length });
  }
  const decoded = decodeAllForms(text);
  for (const value of knownSecrets.keys()) {
    // Most texts are too short to contain a token, even in its shorter, percent-decoded form.
    if (value.length > text.length * maximumPercentEncodedLength) continue;
    const needles = knownSecrets.get(value) ?? searchTextsFor(value);
    knownSecrets.set(value, needles);
    for (const needle of needles) {
      findAll(text, needle, (index) => {
        ranges.push({ start: index, end: index + needle.length });
      });
      for (const form of decoded) {
        findAll(form.text, needle, (index) => {
          const start = form.starts[index] ?? 0;
          const end = form.ends[index + needle.length - 1] ?? text.length;
          ranges.push({ start, end });
        });
      }
    }
  }
  return ranges.sort((one, other) => one.start - other.start);
}

/** Returns the text up to `until`, with one mask for each range or group of overlapping ranges. */
function maskRanges(text: string, ranges: readonly Range[], until: number): string {
  const parts: string[] = [];
  let read = 0;
  for (const { start, end } of ranges) {
    if (start >= until) break;
    if (start >= read) parts.push(text.slice(read, start), mask);
    read = Math.max(read, end);
  }
  parts.push(text.slice(read, Math.max(read, until)));
  return parts.join('');
}

/** The parts of a JWT are secrets too, because they identify the user or prove the user's identity. */
function splitSecret(value: string): string[] {
  const parts = value.startsWith('eyJ') ? value.split('.') : [];
  return [value, ...(parts.length === 3 ? parts : [])].filter(
    (part) => part.length >= minimumRedactedLength,
  );
}

/** Masking shorter values would hide ordinary words without protecting anything. */
const minimumRedactedLength = 3;

/**
 * Returns the texts to search for in order to find a secret: the secret itself, its percent-decoded form
 * as returned by a URL parser, and its base64 digits (in both alphabets) for each possible offset within
 * a group of three bytes.
 */
function searchTextsFor(secret: string): readonly string[] {
  const plain = [secret, ...decodeAllForms(secret, ['percent'], 1).map(({ text }) => text)];
  return [
    ...plain.filter(({ length }) => length >= minimumRedactedLength),
    ...encodeBase64Forms(secret),
  ];
}

/** Returns only the digits that do not depend on the bytes before and after the secret. */
function encodeBase64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const start = offset === 0 ? 0 : offset + 1;
    const digits = encoded.slice(start, Math.floor(((offset + bytes.length) * 8) / 6));
    if (digits.length < minimumBase64Length) return [];
    const inUrls = digits.replaceAll('+', '-').replaceAll('/', '_');
    return inUrls === digits ? [digits] : [digits, inUrls];
  });
}

/** Shorter sequences of digits occur by chance. */
const minimumBase64Length = 6;

/** A text after one or more decoding steps, with the original position of each character. */
interface DecodedForm {
  readonly text: string;
  /** For each UTF-16 unit, the start of its source in the original text. */
  readonly starts: Uint32Array;
  /** For each UTF-16 unit, the end of its source in the original text. */
  readonly ends: Uint32Array;
}

/** `form` is `percent` plus `+` for a space. */
type Encoding = keyof typeof encodings;

/** The encodings that may have been applied to a text, in any order. */
const allEncodings: readonly Encoding[] = ['percent', 'form', 'json', 'html'];

/**
 * Decodes a text in every possible way: reverses each sequence of up to `depth` encodings and returns
 * the results that differ. The time is linear in the length of the text.
 */
function decodeAllForms(
  text: string,
  kinds: readonly Encoding[] = allEncodings,
  depth = maximumDepth,
): readonly DecodedForm[] {
  if (!/[%+\\&]/.test(text)) return [];
  const seen = new Set([text]);
  const found: DecodedForm[] = [];
  let layer: readonly (DecodedForm | undefined)[] = [undefined];
  for (let level = 0; level < depth && layer.length > 0; level += 1) {
    layer = layer.flatMap((form) =>
      kinds.flatMap((kind) => {
        const next = decode(text, form, encodings[kind]);
        if (seen.has(next.text)) return [];
        seen.add(next.text);
        return [next];
      }),
    );
    found.push(...layer.filter((form) => form !== undefined));
  }
  return found;
}

/** Enough for a URL in JSON within an error message in JSON. */
const maximumDepth = 3;

/** A piece of decoded text, and the number of source UTF-16 units that it replaces. */
interface Piece {
  readonly decoded: string;
  readonly length: number;
}

interface EncodingRules {
  /** Matches an encoded piece. */
  readonly pattern: RegExp;
  readonly decode: (encoded: string) => readonly Piece[];
}

const encodings = {
  percent: { pattern: /(?:%[\da-f]{2})+/gi, decode: decodePercent },
  form: {
    pattern: /\+|(?:%[\da-f]{2})+/gi,
    decode: (encoded) => (encoded === '+' ? [{ decoded: ' ', length: 1 }] : decodePercent(encoded)),
  },
  json: {
    pattern: /\\(?:u[\da-f]{4}|[^u])/gi,
    decode: (encoded) => [{ decoded: decodeJson(encoded), length: encoded.length }],
  },
  html: {
    pattern: /&(?:#\d{1,7}|#x[\da-f]{1,6}|amp|lt|gt|quot|apos);/gi,
    decode: (encoded) => [{ decoded: decodeHtml(encoded.slice(1, -1)), length: encoded.length }],
  },
} as const satisfies Record<string, EncodingRules>;

function decode(
  original: string,
  source: DecodedForm | undefined,
  rules: EncodingRules,
): DecodedForm {
  const input = source?.text ?? original;
  const form = new FormWriter(input, source);
  for (const match of input.matchAll(rules.pattern)) {
    form.copyUntil(match.index);
    for (const piece of rules.decode(match[0])) form.write(piece);
  }
  form.copyUntil(input.length);
  return form.finish();
}

/** Writes a decoded text, and the original position of each of its UTF-16 units. */
class FormWriter {
  readonly #input: string;
  readonly #source: DecodedForm | undefined;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #parts: string[] = [];
  #read = 0;
  #written = 0;

  /** @param source - the form that the input is the text of; `undefined` for the original text. */
  constructor(input: string, source: DecodedForm | undefined) {
    this.#input = input;
    this.#source = source;
    this.#starts = new Uint32Array(input.length);
    this.#ends = new Uint32Array(input.length);
  }

  copyUntil(end: number): void {
    this.#parts.push(this.#input.slice(this.#read, end));
    while (this.#read < end) this.#advance(1, 1);
  }

  write({ decoded, length }: Piece): void {
    this.#parts.push(decoded);
    this.#advance(decoded.length, length);
  }

  finish(): DecodedForm {
    return { text: this.#parts.join(''), starts: this.#starts, ends: this.#ends };
  }

  #advance(units: number, length: number): void {
    const last = this.#read + length - 1;
    const start = this.#source === undefined ? this.#read : (this.#source.starts[this.#read] ?? 0);
    const end = this.#source === undefined ? last + 1 : (this.#source.ends[last] ?? 0);
    for (let unit = 0; unit < units; unit += 1) {
      this.#starts[this.#written] = start;
      this.#ends[this.#written] = end;
      this.#written += 1;
    }
    this.#read += length;
  }
}

/** Bytes that are not valid UTF-8 stay encoded. */
function decodePercent(encoded: string): Piece[] {
  const bytes = Buffer.from(encoded.replaceAll('%', ''), 'hex');
  const pieces: Piece[] = [];
  for (let index = 0; index < bytes.length;) {
    const size = utf8SequenceLength(bytes[index] ?? 0);
    const decoded = bytes.toString('utf8', index, index + size);
    const isText = index + size <= bytes.length && !decoded.includes('\ufffd');
    const length = isText ? size : 1;
    if (isText) pieces.push({ decoded, length: length * 3 });
    else
      for (const unit of encoded.slice(index * 3, index * 3 + 3))
        pieces.push({ decoded: unit, length: 1 });
    index += length;
  }
  return pieces;
}

/** Length of the UTF-8 sequence that starts with this byte. */
function utf8SequenceLength(first: number): number {
  if (first < 0xc0) return 1;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

function decodeJson(encoded: string): string {
  const escape = encoded.slice(1);
  if (escape.length === 5) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
  return jsonControls.get(escape) ?? escape;
}

const jsonControls = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

function decodeHtml(name: string): string {
  const [, isHex, digits] = /^#(x?)(.+)$/i.exec(name) ?? [];
  if (digits === undefined) return htmlNames.get(name.toLowerCase()) ?? '';
  const code = Number.parseInt(digits, isHex === '' ? 10 : 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

const htmlNames = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Up to this length of the needle, the built-in search takes roughly linear time. */
const maximumBuiltInLength = 256;

/** Calls `onMatch` with each index at which the text contains the needle. Matches may overlap. */
function findAll(text: string, needle: string, onMatch: (index: number) => void): void {
  if (needle === '' || needle.length > text.length) return;
  if (needle.length > maximumBuiltInLength) {
    const first = text.indexOf(needle.slice(0, maximumBuiltInLength));
    if (first !== -1) searchLongNeedle(text, needle, first, onMatch);
    return;
  }
  for (let index = text.indexOf(needle); index !== -1; index = text.indexOf(needle, index + 1))
    onMatch(index);
}

/**
 * Searches with the Knuth-Morris-Pratt algorithm, because the built-in search takes quadratic time for a
 * long, repetitive needle, such as a value full of backslashes.
 */
function searchLongNeedle(
  text: string,
  needle: string,
  start: number,
  onMatch: (index: number) => void,
): void {
  const borders = computeBorders(needle);
  let matched = 0;
  for (let index = start; index < text.length; index += 1) {
    matched = extendMatch(needle, borders, matched, text.charCodeAt(index));
    if (matched < needle.length) continue;
    onMatch(index + 1 - matched);
    matched = borders[matched - 1] ?? 0;
  }
}

/** Returns, for each prefix of the needle, the length of its longest border (KMP failure function). */
function computeBorders(needle: string): Uint32Array {
  const borders = new Uint32Array(needle.length);
  for (let index = 1; index < needle.length; index += 1) {
    borders[index] = extendMatch(
      needle,
      borders,
      borders[index - 1] ?? 0,
      needle.charCodeAt(index),
    );
  }
  return borders;
}

/** Returns how much of the needle is matched after the next UTF-16 unit of the text. */
function extendMatch(needle: string, borders: Uint32Array, matched: number, unit: number): number {
  let length = matched;
  while (length > 0 && needle.charCodeAt(length) !== unit) length = borders[length - 1] ?? 0;
  return needle.charCodeAt(length) === unit ? length + 1 : length;
}
