import { isSuccess } from '../../../api/client/api-error.js';
import { TpksError } from '../../../base/errors.js';
import { isObject, tryParseJson } from '../../../base/json-value.js';
import { Secret } from '../../../base/secret.js';
import type { Environment } from '../../../platform/config/environment.js';
import { readTextAsync, userFileOptions } from '../../../platform/disk/bounded-read.js';
import { isMissing } from '../../../platform/disk/disk-error.js';
import type { Send } from '../../../platform/http/send.js';
import { readEnvironmentSecret, readSecretFile, type ReadStdin } from '../credentials.js';
import { podTokenPath } from './systems.js';

/** Where a login gets the ID token of its job. */
export interface IdTokenSource {
  readonly audience: string;
  /** `--id-token-file`; `-` for stdin. Without it, the variables and the CI system are tried. */
  readonly file?: string | undefined;
}

export interface IdTokensDeps {
  readonly env: Environment;
  readonly readStdin: ReadStdin;
  /** Sends requests to the CI system, whose certificate is verified with the system's CAs. */
  readonly send: Send;
  /** Replaced in tests. @see podTokenPath */
  readonly podTokenFile?: string;
}

export type IdTokens = ReturnType<typeof createIdTokens>;

export function createIdTokens(deps: IdTokensDeps) {
  return {
    /**
     * Gets the ID token of the job in which tpks runs.
     * @throws {TpksError} `usage` if there is none; `unavailable` if the CI system does not respond.
     * @see docs/contributing/servers/ci.md#ci-tokens
     */
    find: async ({ file, audience }: IdTokenSource): Promise<Secret> => {
      const { env, readStdin } = deps;
      const given =
        file === undefined
          ? await readEnvironmentSecret(env, 'TPKS_ID_TOKEN', readStdin)
          : await readSecretFile(file, '--id-token-file', readStdin);
      const token =
        given ?? (await requestFromGithub(audience, deps)) ?? (await readPodToken(deps));
      if (token === undefined) throw missingTokenError(env, audience);
      // Files often end with more than one line break.
      return new Secret(token.reveal().trim());
    },
  };
}

/** @returns `undefined` outside of GitHub Actions, or if the job may not request ID tokens. */
async function requestFromGithub(
  audience: string,
  { env, send }: IdTokensDeps,
): Promise<Secret | undefined> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = env;
  if (url === undefined || token === undefined) return undefined;
  if (!url.startsWith('https://')) {
    throw new TpksError('usage', 'ACTIONS_ID_TOKEN_REQUEST_URL is not an https URL', {
      hint: 'use --id-token-file or TPKS_ID_TOKEN',
    });
  }
  const requestToken = new Secret(token);
  const response = await send({
    method: 'GET',
    // The URL already has a query.
    url: `${url}&audience=${encodeURIComponent(audience)}`,
    headers: { accept: 'application/json', authorization: `bearer ${requestToken.reveal()}` },
  });
  const body = tryParseJson(await response.text());
  const value = isObject(body) ? body['value'] : undefined;
  if (isSuccess(response) && typeof value === 'string') return new Secret(value);
  const { host } = new URL(url);
  throw new TpksError(
    'unavailable',
    `GitHub Actions did not issue an ID token (HTTP ${response.status} from ${host})`,
    { host, status: response.status, hint: 'try again' },
  );
}

async function readPodToken({ podTokenFile = podTokenPath }: IdTokensDeps) {
  try {
    return new Secret(await readTextAsync(podTokenFile, userFileOptions));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function missingTokenError(env: Environment, audience: string): TpksError {
  const message = 'No ID token found for the CI login';
  const [where, fix] =
    env.GITHUB_ACTIONS !== undefined
      ? ['GitHub Actions', 'add to the job:\n  permissions:\n    id-token: write']
      : env.GITLAB_CI !== undefined
        ? ['GitLab CI', `add to the job:\n  id_tokens:\n    TPKS_ID_TOKEN:\n      aud: ${audience}`]
        : env.KUBERNETES_SERVICE_HOST !== undefined
          ? ['a Kubernetes pod', `mount the token of its service account at ${podTokenPath}`]
          : [undefined, 'use --id-token-file or TPKS_ID_TOKEN'];
  return new TpksError('usage', where === undefined ? message : `${message} in ${where}`, {
    hint: `${fix}\nexamples for each CI system: tpks help ci`,
  });
}
