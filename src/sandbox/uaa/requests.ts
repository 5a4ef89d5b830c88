import { isObject } from '../body.js';
import type { SandboxRequest } from '../router.js';

/** Reads the parameters of a request: the query, followed by the form fields of a POST. */
export function readParameters(request: SandboxRequest): URLSearchParams {
  const all = new URLSearchParams(request.query);
  if (request.method === 'POST' && isForm(request)) {
    for (const [name, value] of new URLSearchParams(request.body)) all.append(name, value);
  }
  return all;
}

export function isForm({ headers }: SandboxRequest): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}

/** Whether the client prefers HTML to JSON, as browsers and clients that accept all types do. */
export function prefersHtml({ headers }: SandboxRequest): boolean {
  const [first = '*/*'] =
    (headers['accept'] ?? '').match(/text\/html|\*\/\*|application\/json/) ?? [];
  return first !== 'application/json';
}

/** Whether the client names JSON among the types that it accepts. */
export function acceptsJson({ headers }: SandboxRequest): boolean {
  return /application\/json/i.test(headers['accept'] ?? '');
}

/** Whether a value is a text that contains more than blanks. */
export function hasText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** Escapes a text for HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}

/** Converts a JSON value to a text. @returns undefined for an object or a list. */
export function toText(value: unknown): string | null | undefined {
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Reads a member of any JSON value; undefined if it is missing. */
export function readMember(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
