import { randomCode } from './codes.js';

/** A value that can be fetched once with a code. */
export interface ExpiringCode {
  readonly code: string;
  /** Usually JSON. */
  readonly data: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** The purpose of the code, for example `REGISTRATION`. Undefined for codes from `POST /Codes`. */
  readonly intent?: string | undefined;
}

const sweepMilliseconds = 60_000;

/**
 * Creates the store for the codes in links that the UAA sends to users, and for `/Codes`.
 *
 * @param length - length of each code.
 * @see UAA 4.30.0 `JdbcExpiringCodeStore`
 */
export function createExpiringCodeStore(now: () => number, length: number) {
  const codes = new Map<string, ExpiringCode>();
  let sweptAt = 0;
  const deleteIf = (matches: (code: ExpiringCode) => boolean): void => {
    for (const entry of codes.values()) if (matches(entry)) codes.delete(entry.code);
  };
  return {
    create(input: Omit<ExpiringCode, 'code'>): string {
      if (now() - sweptAt > sweepMilliseconds) {
        sweptAt = now();
        deleteIf(({ expiresAt }) => expiresAt < now());
      }
      const code = randomCode(length);
      codes.set(code, { ...input, code });
      return code;
    },
    /** Returns and deletes a code; undefined if it is unknown, has expired, or was already used. */
    redeem(code: string): ExpiringCode | undefined {
      const found = codes.get(code);
      codes.delete(code);
      return found && found.expiresAt >= now() ? found : undefined;
    },
    deleteByIntent: (intent: string) => deleteIf((code) => code.intent === intent),
  };
}
