import { jsonOrNothing } from '../../http/decode.js';

export type Members = Readonly<Record<string, unknown>>;

/** The parameters of a profile: some servers send an object, others a text that holds one. */
export function parametersOf(parameters: unknown): Members | undefined {
  const value = typeof parameters === 'string' ? jsonOrNothing(parameters) : parameters;
  return isMembers(value) ? value : undefined;
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as people read it: texts bare, all else as JSON; nothing for one that is not there. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
