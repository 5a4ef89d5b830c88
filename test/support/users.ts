import type { TpksResult, HeadlessOptions } from './headless.js';
import type { TestSandbox } from './sandbox.js';

type AsUserOptions = Pick<HeadlessOptions, 'env' | 'stdin'>;

/** The four users of the sandbox, each with different scopes. */
export const users = ['alana', 'cody', 'naomi', 'dana'] as const;
/** The name of a user of the sandbox. */
export type User = (typeof users)[number];

/**
 * Creates a function that runs `tpks WORDS` as a user of the sandbox, with credentials in the
 * environment, so that no login is needed.
 *
 * @param tpks - runs the command: {@link TestUser.tpks} or {@link TestUser.spawn}.
 */
export function createUserRunner(
  tpks: (words: readonly string[], options: AsUserOptions) => Promise<TpksResult>,
  { api, uaa, caCert }: Pick<TestSandbox, 'api' | 'uaa' | 'caCert'>,
): (user: User, words: readonly string[], options?: AsUserOptions) => Promise<TpksResult> {
  return (user, words, { env, ...options } = {}) =>
    tpks(words, {
      ...options,
      env: {
        TPKS_API: api,
        TPKS_UAA_URL: uaa,
        TPKS_CA_CERT: caCert,
        TPKS_USERNAME: user,
        TPKS_PASSWORD: `${user}-password`,
        ...env,
      },
    });
}

/** The result of a command: success, missing privileges, or not found. */
export type Outcome = 'done' | 403 | 404;

/** Converts a result to an {@link Outcome}; any other result becomes a text for the report. */
export function outcomeOf({ code, stderr }: TpksResult): string | number {
  if (code === 0) return 'done' satisfies Outcome;
  if (code === 1 && stderr.includes('You do not have enough privileges')) return 403;
  return code === 1 && / not found$/m.test(stderr) ? 404 : `exit ${String(code)}: ${stderr}`;
}
