import { TpksError } from '../errors.js';

/** No file that tpks writes is nested this deeply, and recursive code would overflow the stack. */
const maximumDepth = 100;

/**
 * Parses JSON from a file of tpks, which may have been damaged or edited.
 * @throws {Error} with the reason, without the file's name.
 */
export function parseStoredJson(text: string): unknown {
  const value = JSON.parse(text) as unknown;
  const pending: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string' && !value.isWellFormed()) throw new Error(surrogateProblem);
    if (typeof value !== 'object' || value === null) continue;
    if (depth === maximumDepth) {
      throw new Error(`it is nested more than ${String(maximumDepth)} levels deep`);
    }
    for (const [key, member] of Object.entries(value)) {
      if (!key.isWellFormed()) throw new Error(surrogateProblem);
      pending.push({ value: member, depth: depth + 1 });
    }
  }
  return value;
}

/** Half of a pair cannot be sent or encoded in a URL. */
const surrogateProblem = 'it contains half of a surrogate pair';

/**
 * The `version` of a file of tpks.
 * @returns `undefined` for a value that has none; a newer format may differ in everything else.
 */
export function formatVersion(value: unknown): number | undefined {
  const version: unknown =
    typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  return Number.isSafeInteger(version) ? Number(version) : undefined;
}

/** The error for a file that only a newer version of tpks can read. */
export function newerFormatError(path: string, version: number): TpksError {
  return new TpksError(
    'storage',
    `${path} was written by a newer version of tpks (format ${String(version)})`,
    { hint: 'update tpks, or choose another place with TPKS_HOME' },
  );
}
