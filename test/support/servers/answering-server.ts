import { toResponse, tokenBody } from '../fakes/fake-send.js';
import { createUser } from '../program/cli.js';
import type { HeadlessOptions, HeadlessResult } from '../program/headless.js';

/** The result of a command, with the requests that it sent. */
export interface AnsweredRun extends HeadlessResult {
  /** Method and path of each request after the login, in order. */
  readonly requests: readonly string[];
}

/** Credentials of `cody` for the API `https://pks.test:9021`; nothing is stored. */
const env = {
  TPKS_API: 'https://pks.test',
  TPKS_USERNAME: 'cody',
  TPKS_PASSWORD: 'pass-word',
};

/**
 * Runs `tpks WORDS` in this process against a fake PKS API and UAA, as a user with credentials in
 * the environment.
 *
 * @param bodies - response bodies by method and path (`GET /v1/plans`); other requests get status
 *   404.
 */
export async function runWithResponses(
  bodies: Readonly<Record<string, unknown>>,
  words: readonly string[],
  options: HeadlessOptions = {},
): Promise<AnsweredRun> {
  const requests: string[] = [];
  const result = await createUser().tpks(words, {
    ...options,
    env: { ...env, ...options.env },
    send: async ({ method, url }) => {
      const { pathname } = new URL(url);
      if (pathname === '/oauth/token') return toResponse({ body: tokenBody });
      const line = `${method} ${pathname}`;
      requests.push(line);
      return toResponse(Object.hasOwn(bodies, line) ? { body: bodies[line] } : { status: 404 });
    },
  });
  return { ...result, requests };
}
