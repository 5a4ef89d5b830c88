import { isSuccess } from '../../../api/client/api-error.js';
import { TpksError } from '../../../base/errors.js';
import { isObject, tryParseJson } from '../../../base/json-value.js';
import { Secret } from '../../../base/secret.js';
import { listSecretSources, type Environment } from '../../../platform/config/environment.js';
import { readTextAsync, userFileOptions } from '../../../platform/disk/bounded-read.js';
import { isMissing } from '../../../platform/disk/disk-error.js';
import type { Send } from '../../../platform/http/send.js';
import { describeIntendedServer, isForInstallation } from '../../contexts/addresses.js';
import { readEnvironmentSecret, readSecretFile, type ReadStdin } from '../credentials.js';
import { podTokenPath } from './systems.js';

/** Where a login gets the ID token of its job. */
export interface IdTokenSource {
  readonly audience: string;
  /** Where the token will be sent. A token in `TPKS_ID_TOKEN` is not sent to another installation. */
  readonly installation: { readonly api?: string | undefined; readonly uaa: string };
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
     * @throws {TpksError} `usage` if the job has no ID token; `unavailable` if the CI system does not respond.
     * @see docs/contributing/servers/ci.md#ci-tokens
     */
    find: async (source: IdTokenSource): Promise<Secret> => {
      const { env } = deps;
      const { audience } = source;
      const token =
        (await readGivenToken(source, deps)) ??
        (await requestFromGithub(audience, deps)) ??
        (await readPodToken(deps));
      if (token === undefined) throw missingTokenError(source, env);
      // Files often end with more than one line break.
      return new Secret(token.reveal().trim());
    },
  };
}

async function readGivenToken(
  { file, installation }: IdTokenSource,
  { env, readStdin }: IdTokensDeps,
): Promise<Secret | undefined> {
  if (file !== undefined) return readSecretFile(file, '--id-token-file', readStdin);
  return isForInstallation(installation, env)
    ? readEnvironmentSecret(env, 'TPKS_ID_TOKEN', readStdin)
    : undefined;
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
      hint: ownTokenHint,
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

/** Most commands have no option for the token. */
const ownTokenHint =
  'set TPKS_ID_TOKEN or TPKS_ID_TOKEN_FILE, or use tpks login --id-token-file FILE';

function missingTokenError({ audience, installation }: IdTokenSource, env: Environment): TpksError {
  const message = 'No ID token found for the CI login';
  if (listSecretSources(env, 'TPKS_ID_TOKEN').length > 0) {
    const reason = describeIntendedServer('TPKS_ID_TOKEN', env);
    return new TpksError('usage', message, {
      hint: `${reason}, so it is not sent to ${new URL(installation.uaa).host}`,
    });
  }
  const [where, fix] =
    env.GITHUB_ACTIONS !== undefined
      ? ['GitHub Actions', 'add to the job:\n  permissions:\n    id-token: write']
      : env.GITLAB_CI !== undefined
        ? ['GitLab CI', `add to the job:\n  id_tokens:\n    TPKS_ID_TOKEN:\n      aud: ${audience}`]
        : env.KUBERNETES_SERVICE_HOST !== undefined
          ? ['a Kubernetes pod', `mount the token of its service account at ${podTokenPath}`]
          : [undefined, ownTokenHint];
  return new TpksError('usage', where === undefined ? message : `${message} in ${where}`, {
    hint: `${fix}\nexamples for each CI system: tpks help ci`,
  });
}
