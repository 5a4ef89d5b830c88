import { TpksError } from '../../base/errors.js';

/** No file that tpks writes is nested so deeply, and recursive code would overflow the stack. */
const maximumDepth = 100;

/**
 * Parses JSON from a file that tpks wrote, which may have been damaged or edited since.
 * @throws {Error} whose message is the reason, without the file name.
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

/** Such text cannot be sent or encoded in a URL. */
const surrogateProblem = 'it contains an incomplete Unicode character';

/**
 * Reads the field `version` from the content of a file that tpks wrote. It is read separately, because
 * all other fields of a newer format may differ.
 * @returns `undefined` if the value has no version.
 */
export function readFormatVersion(value: unknown): number | undefined {
  const version: unknown =
    typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  return Number.isSafeInteger(version) ? Number(version) : undefined;
}

/** The error for a file that only a newer version of tpks can read. */
export function newerFormatError(path: string, version: number): TpksError {
  return new TpksError(
    'storage',
    `${path} was written by a newer version of tpks (format ${String(version)})`,
    { hint: 'update tpks, or set TPKS_HOME to another folder' },
  );
}
