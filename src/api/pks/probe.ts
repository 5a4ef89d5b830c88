import { TpksError } from '../../base/errors.js';
import { isObject, tryParseJson } from '../../base/json-value.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { maximumListBytes } from '../../platform/http/response.js';
import type { HttpResponse, Send } from '../../platform/http/send.js';
import { isSuccess, toPlainStatusError, toRedirectError } from '../client/status-error.js';

interface ProbeInput {
  /** Origin of the API. */
  readonly api: string;
  /** The owner of the token, a user or a client, for messages. */
  readonly identity: string;
  readonly isClient: boolean;
}

/**
 * Checks that a PKS API responds at the address and accepts the token.
 * @param send - adds the token to requests.
 * @throws {TpksError} `unauthenticated` if the API rejects the token; `forbidden` if the token has no
 *   scope for the API; `unavailable` for a server error, or if the server is not a PKS API.
 * @see pks-cli, section 3.1 and 15 (7)
 */
export async function probeApi(send: Send, input: ProbeInput): Promise<void> {
  const { api } = input;
  const info = { method: 'HEAD', url: `${api}/actuator/info`, headers: acceptsJson };
  const response = await send(info);
  throwOnFailure(response, info.url, input);
  if (isSuccess(response) && isActuatorType(response)) return;
  // Any server may respond with 200, and old APIs have no actuator. Only a PKS API lists clusters.
  const list = { method: 'GET', url: `${api}/v1/clusters`, headers: acceptsJson };
  const clusters = await send(list);
  throwOnFailure(clusters, list.url, input);
  if (isSuccess(clusters) && (await isListOfObjects(clusters))) return;
  throw new TpksError('unavailable', `${new URL(api).host} does not respond like a PKS API`, {
    status: clusters.status,
    hint: 'check the host and the port of the API, as in: tpks login -a api.example.com',
  });
}

const acceptsJson = { accept: 'application/json' };

function throwOnFailure(response: HttpResponse, url: string, input: ProbeInput): void {
  const { status } = response;
  if (status < 400 && !isSuccess(response)) throw toRedirectError({ url }, response);
  if (status >= 500) throw toPlainStatusError({ url }, response);
  if (status === 401) {
    throw new TpksError('unauthenticated', `The API at ${input.api} rejected the token`, {
      status,
      hint: 'check that the UAA of the installation issued it: tpks status --offline',
    });
  }
  if (status === 403) throw forbiddenError(input);
}

function forbiddenError({ api, identity, isClient }: ProbeInput): TpksError {
  const name = quoteForShell(identity);
  const command = isClient
    ? `tpks uaa client update ${name} --authorities pks.clusters.manage`
    : `tpks uaa member add pks.clusters.manage ${name}`;
  return new TpksError(
    'forbidden',
    `${identity} has no scope that allows access to the API at ${api}`,
    { status: 403, hint: `an administrator can grant one: ${command}` },
  );
}

/** @see pks-api, section 1 */
function isActuatorType({ headers }: HttpResponse): boolean {
  return /^application\/vnd\.spring-boot\.actuator\b/.test(headers['content-type'] ?? '');
}

async function isListOfObjects(response: HttpResponse): Promise<boolean> {
  const list = tryParseJson(await response.text(maximumListBytes));
  return Array.isArray(list) && list.every(isObject);
}
