import type { TpksResult, HeadlessOptions } from './headless.js';
import type { TestSandbox } from './sandbox.js';

type AsUserOptions = Pick<HeadlessOptions, 'env' | 'stdin'>;

/** The sandbox's four, each with another scope. */
export const users = ['alana', 'cody', 'naomi', 'dana'] as const;
export type User = (typeof users)[number];

/**
 * Runs `tpks WORDS` as one of them, with credentials in the environment, so that no login is needed.
 *
 * @param tpks - how to run it: {@link TestUser.tpks} or {@link TestUser.spawn}.
 */
export function asUser(
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

/** How a command ends for each of them: done, without the privileges, or as if it were not there. */
export type Outcome = 'done' | 403 | 404;

/** What {@link Outcome} a result is; anything else as a text, for the report. */
export function outcomeOf({ code, stderr }: TpksResult): string | number {
  if (code === 0) return 'done' satisfies Outcome;
  if (code === 1 && stderr.includes('You do not have enough privileges')) return 403;
  return code === 1 && / not found$/m.test(stderr) ? 404 : `exit ${String(code)}: ${stderr}`;
}
