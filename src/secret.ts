/** Shown wherever a secret would stand. */
export const mask = '•••';

/** Shorter values would blot out ordinary words and protect nothing. */
const shortestRedacted = 3;

const known = new Set<string>();

/** A value that does not print itself: not in a template, not in JSON, not in `util.inspect`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    known.add(value);
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
 * Takes every secret in hand out of a text, in raw, percent-encoded, JSON-escaped, base64 and
 * JWT-part form, and everything that looks like a JWT, in hand or not.
 */
export function redact(text: string): string {
  let safe = text.replace(/\beyJ[\w-]{5,}(?:\.[\w-]*){0,2}/g, mask);
  for (const form of forms()) safe = safe.replaceAll(form, mask);
  return safe;
}

/** The spellings of every known secret, longest first so that no tail of one survives. */
function forms(): string[] {
  const all = new Set<string>();
  for (const value of known) {
    if (value.length < shortestRedacted) continue;
    for (const part of [value, ...jwtParts(value)]) {
      all.add(part).add(encodeURIComponent(part)).add(formEncoded(part));
      all.add(JSON.stringify(part).slice(1, -1));
      for (const encoded of base64Forms(part)) all.add(encoded);
    }
  }
  return [...all].sort((one, other) => other.length - one.length);
}

function jwtParts(value: string): string[] {
  const parts = value.split('.');
  return parts.length === 3 && value.startsWith('eyJ')
    ? parts.filter((part) => part.length >= shortestRedacted)
    : [];
}

function formEncoded(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1);
}

/** Base64 of a value depends on where in a triple of bytes it starts: all three, sure digits only. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value);
  const found: string[] = [];
  for (const offset of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const start = offset === 0 ? 0 : offset + 1;
    const end = Math.floor(((offset + bytes.length) * 8) / 6);
    const core = encoded.slice(start, end);
    if (core.length < 6) continue;
    found.push(core, core.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return found;
}
