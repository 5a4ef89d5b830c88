import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AdvisedError, hasCode, readRegularFile } from './files.js';
import { createHttpClient, describeError, type TokenCheckSettings } from './http-client.js';
import { sendTokenCheck } from './pks/guard.js';
import type { Certificates } from './tls.js';

/** ID of the UAA client that the API uses to check tokens. */
export const apiClientId = 'pks_client';
const defaultApiClientSecret = 'pks_client-secret';

interface ExternalUaaOptions {
  readonly url: string;
  /** CA certificate of the UAA: PEM text, or the path of a PEM file. */
  readonly uaaCa?: string | undefined;
  readonly pksClientSecret?: string | undefined;
  /** The sandbox's own certificates, which clients must also trust. */
  readonly certificates: Certificates;
  /** The connection to the UAA is added here, to be closed when the sandbox stops. */
  readonly closeables: { readonly close: () => void | Promise<void> }[];
}

/**
 * Connects to an external UAA, which must have a client `pks_client` with the authority
 * `uaa.resource`. `users` and `clients` are empty, because its accounts are unknown.
 * @throws {Error} if the address is not a URL, if the CA file cannot be read, or if `pks_client` cannot
 *   check tokens at the UAA.
 */
export async function connectExternalUaa(options: ExternalUaaOptions) {
  const { url, uaaCa, pksClientSecret: clientSecret = defaultApiClientSecret } = options;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error(`--uaa must be a URL such as https://uaa.example.com:8443, not ${url}`);
  }
  const uaaCaPem = uaaCa === undefined ? undefined : readPem(uaaCa);
  const http = createHttpClient(url.replace(/\/+$/, ''), uaaCaPem);
  options.closeables.push(http);
  const tokenCheck = { uaa: http, clientId: apiClientId, clientSecret };
  await checkApiClient(tokenCheck);
  return { tokenCheck, users: [], clients: [], ...createCaBundle(options.certificates, uaaCaPem) };
}

/** Without this check, the sandbox would start, but every request to the API would fail. */
async function checkApiClient(tokenCheck: TokenCheckSettings): Promise<void> {
  const url = tokenCheck.uaa.baseUrl;
  const { status } = await sendTokenCheck('no-token', tokenCheck).catch((error: unknown) => {
    const reason = describeError(error);
    const message = `Cannot connect to the UAA ${url}: ${reason}`;
    throw /certificate/i.test(reason)
      ? new AdvisedError(
          message,
          `check the address and the CA certificate of the UAA: tpks sandbox --uaa ${url} --uaa-ca FILE`,
          'untrusted',
        )
      : new AdvisedError(message, 'start the UAA, or correct the URL', 'unavailable');
  });
  // Status 400 rejects only the token "no-token", so the client is allowed to check tokens.
  if (status === 400) return;
  if (status === 401 || status === 403) {
    const credentials = `${apiClientId} -s ${defaultApiClientSecret}`;
    throw new AdvisedError(
      `The UAA ${url} rejected the client ${apiClientId}, its secret or its authorities`,
      `set the client's secret: tpks uaa secret set ${credentials}; or, if the client does not ` +
        `exist, create it: tpks uaa client add ${credentials} ` +
        '--authorized_grant_types client_credentials --authorities uaa.resource',
      'unauthenticated',
    );
  }
  throw new AdvisedError(
    `The UAA ${url} responded to /check_token with status ${String(status)}`,
    'correct the URL, or try again later',
    status >= 500 ? 'unavailable' : 'failed',
  );
}

function readPem(textOrPath: string): string {
  if (textOrPath.includes('-----BEGIN')) return textOrPath;
  try {
    return readRegularFile(textOrPath).toString();
  } catch (error) {
    const reason = hasCode(error, 'ENOENT') ? ': the file does not exist' : '';
    throw new Error(`Cannot read the --uaa-ca file: ${textOrPath}${reason}`, { cause: error });
  }
}

/** Writes both CA certificates to one file, because `tpks login --ca-cert` accepts only one. */
function createCaBundle(
  { ca, caPath }: Certificates,
  uaaCaPem: string | undefined,
): { readonly caCert: string; readonly caPem: string } {
  if (uaaCaPem === undefined) return { caCert: caPath, caPem: ca };
  const caPem = `${ca.trimEnd()}\n${uaaCaPem.trimEnd()}\n`;
  const caCert = join(dirname(caPath), 'ca-bundle.pem');
  writeFileSync(caCert, caPem, { mode: 0o600 });
  return { caCert, caPem };
}
