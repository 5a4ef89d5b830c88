import {
  decodeAllForms,
  maximumEncodedLength,
  maximumPercentEncodedLength,
} from './decoded-forms.js';

/** Printed in place of a secret. */
export const mask = '•••';

/** The texts to search for, by secret. Computed when a text is first long enough to contain the secret. */
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

/** Masks known secrets, even encoded ones, and everything that looks like a JWT. */
export function redact(text: string): string {
  return maskRanges(text, findSecretRanges(text), text.length);
}

/** Redacts only the first `length` characters of a text, which is faster. */
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

interface Range {
  readonly start: number;
  readonly end: number;
}

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
 * The texts to search for: the secret itself, its percent-decoded form, and its base64 digits (in both
 * alphabets) for each possible offset within a group of three bytes.
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

/** Calls `onMatch` with each index at which the text contains the needle. Matches may overlap. */
function findAll(text: string, needle: string, onMatch: (index: number) => void): void {
  if (needle === '') return;
  for (let index = text.indexOf(needle); index !== -1; index = text.indexOf(needle, index + 1))
    onMatch(index);
}
