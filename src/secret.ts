import { decodeAllForms } from './redaction/decoded-forms.js';
import { findAll } from './redaction/find-all.js';

/** Printed in place of a secret. */
export const mask = '•••';

/**
 * Every known value and the texts to search for, which are computed when a text is long enough to
 * contain the value.
 */
const knownSecrets = new Map<string, readonly string[] | undefined>();

/** Makes a run of the program independent of the secrets of an earlier one. */
export function forgetSecrets(): void {
  knownSecrets.clear();
}

/** A value that does not print itself: not in a template, not in JSON, not in `util.inspect`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    for (const part of splitSecret(value))
      if (!knownSecrets.has(part)) knownSecrets.set(part, undefined);
  }

  /** The value itself; only for the keychain, the grants and the bearer header. */
  open(): string {
    return this.#value;
  }

  equals(other: Secret | undefined): boolean {
    return other?.open() === this.#value;
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
 * Replaces every known secret in a text, however it is encoded, and everything that looks like a
 * JWT, known or not. The time is linear in the length of the text.
 */
export function redact(text: string): string {
  return maskRanges(text, findSecretRanges(text), text.length);
}

/**
 * Redacts the start of a text, without taking the time to redact all of it.
 * @param length - maximum number of characters to return.
 * @param isWhole - `false` if the text was cut, possibly within a secret.
 */
export function redactStart(text: string, length: number, isWhole = true): string {
  let longest = 0;
  for (const value of knownSecrets.keys()) longest = Math.max(longest, value.length);
  const reach = longest * maximumEncodedLength;
  const window = text.slice(0, length * 16 + reach * 2);
  // A secret that is cut off by the window is not recognized, so the end of the window is left out.
  const isCut = !isWhole || window.length < text.length;
  const end = isCut ? Math.max(0, window.length - reach) : window.length;
  return maskRanges(window, findSecretRanges(window), end).slice(0, length);
}

/** Characters that layered encodings may need for one character, e.g. `%25C3%25BC` for `ü`. */
const maximumEncodedLength = 12;
/** Characters that percent-encoding may need for one character, e.g. `%E2%82%AC` for `€`. */
const maximumPercentEncodedLength = 9;

type Range = readonly [start: number, end: number];

/** Positions of secrets, sorted by their start; ranges may overlap. */
function findSecretRanges(text: string): Range[] {
  const ranges: Range[] = [];
  for (const { 0: token, index } of text.matchAll(/\beyJ[\w-]{5,}(?:\.[\w-]*){0,2}/g)) {
    ranges.push([index, index + token.length]);
  }
  const decoded = decodeAllForms(text);
  for (const value of knownSecrets.keys()) {
    // Most messages are too short to contain a token, even one whose `%` signs were decoded.
    if (value.length > text.length * maximumPercentEncodedLength) continue;
    const needles = knownSecrets.get(value) ?? searchTextsFor(value);
    knownSecrets.set(value, needles);
    for (const needle of needles) {
      findAll(text, needle, (at) => ranges.push([at, at + needle.length]));
      for (const form of decoded) {
        findAll(form.text, needle, (at) => {
          ranges.push([form.starts[at] ?? 0, form.ends[at + needle.length - 1] ?? text.length]);
        });
      }
    }
  }
  return ranges.sort(([one], [other]) => one - other);
}

/** The text up to `until`, with one mask for each range, or for several that overlap. */
function maskRanges(text: string, ranges: readonly Range[], until: number): string {
  const parts: string[] = [];
  let read = 0;
  for (const [start, end] of ranges) {
    if (start >= until) break;
    if (start >= read) parts.push(text.slice(read, start), mask);
    read = Math.max(read, end);
  }
  parts.push(text.slice(read, Math.max(read, until)));
  return parts.join('');
}

/** The parts of a JWT are secrets too: they identify the user, or prove the identity. */
function splitSecret(value: string): string[] {
  const parts = value.startsWith('eyJ') ? value.split('.') : [];
  return [value, ...(parts.length === 3 ? parts : [])].filter(
    (part) => part.length >= minimumRedactedLength,
  );
}

/** Masking shorter values would hide ordinary words and protect nothing. */
const minimumRedactedLength = 3;

/**
 * The texts to search for in order to find a secret: the secret itself, its form after a URL parser
 * has decoded its `%` signs, and its base64 digits (both alphabets) for each position in a group of
 * three bytes.
 */
function searchTextsFor(secret: string): readonly string[] {
  const plain = [secret, ...decodeAllForms(secret, ['percent'], 1).map(({ text }) => text)];
  return [
    ...plain.filter(({ length }) => length >= minimumRedactedLength),
    ...encodeBase64Forms(secret),
  ];
}

/** The digits that depend only on the secret, not on the bytes before and after it. */
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

/** Fewer digits than this occur by chance. */
const minimumBase64Length = 6;
