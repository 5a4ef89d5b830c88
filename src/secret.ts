import { spellings } from './spellings.js';

/** Shown wherever a secret would stand. */
export const mask = '•••';

/** Shorter values would blot out ordinary words and protect nothing. */
const shortestRedacted = 3;

/** Every value, with its patterns once a text is long enough to hold it. */
const known = new Map<string, readonly RegExp[] | undefined>();

/** Starts a new run of the program, which must not depend on the secrets of an earlier one. */
export function forgetSecrets(): void {
  known.clear();
}

/** A value that does not print itself: not in a template, not in JSON, not in `util.inspect`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    for (const part of partsOf(value)) if (!known.has(part)) known.set(part, undefined);
  }

  /** The value itself; for the keychain, the grants and the bearer header alone. */
  open(): string {
    return this.#value;
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
 * Takes every secret in hand out of a text, in all its spellings, and everything that looks like a
 * JWT, in hand or not.
 */
export function redact(text: string): string {
  let safe = text.replace(/\beyJ[\w-]{5,}(?:\.[\w-]*){0,2}/g, mask);
  // The longest first, so that no tail of one secret is left by a shorter one.
  for (const value of [...known.keys()].sort((one, other) => other.length - one.length)) {
    // No spelling is shorter than the value: most messages are too short for a token.
    if (value.length > safe.length) continue;
    const patterns = known.get(value) ?? spellings(value);
    known.set(value, patterns);
    for (const pattern of patterns) safe = safe.replace(pattern, mask);
  }
  return safe;
}

/** A JWT also by its parts: each alone tells who somebody is, or proves it. */
function partsOf(value: string): string[] {
  const parts = value.startsWith('eyJ') ? value.split('.') : [];
  return [value, ...(parts.length === 3 ? parts : [])].filter(
    (part) => part.length >= shortestRedacted,
  );
}
