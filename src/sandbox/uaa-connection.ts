import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AdvisedError, hasCode, readRegularFile } from './files.js';
import { createHttpClient, type TokenCheck } from './http-client.js';
import { listen, type ListeningServer } from './listen.js';
import { describeError, sendTokenCheck } from './pks/guard.js';
import type { RequestLog } from './request-log.js';
import type { State } from './storage/storage.js';
import type { Certificates } from './tls.js';
import type { UaaRelease } from './uaa/behaviour.js';
import { createUaa, type Uaa, type UaaOptions } from './uaa/uaa.js';

/** Resources that the servers share. */
export interface SharedServices {
  readonly now: () => number;
  readonly log: RequestLog;
  readonly certificates: Certificates;
  /** Returns the storage for the server with this name. */
  readonly storageFor: State['storageFor'];
  /** Servers and HTTP clients to close when the sandbox stops. */
  readonly closeables: { readonly close: () => Promise<void> }[];
}

export interface UaaSettings extends Pick<
  UaaOptions,
  'tokenSeconds' | 'updateSeconds' | 'rotateRefresh'
> {
  /** 0 = any free port; default 8443. */
  readonly uaaPort?: number | undefined;
  /** Release that the built-in UAA simulates; default 77. */
  readonly uaaBehaviour?: UaaRelease | undefined;
  /** Host names that the built-in UAA accepts, in addition to `localhost` and `127.0.0.1`. */
  readonly uaaHostNames?: readonly string[] | undefined;
  /** Base URL of an external UAA to use instead of the built-in one. */
  readonly uaa?: string | undefined;
  /** CA certificate of the external UAA: PEM text, or the path of a PEM file. */
  readonly uaaCa?: string | undefined;
  /** Secret of the client `pks_client` at the external UAA; default `pks_client-secret`. */
  readonly pksClientSecret?: string | undefined;
}

/** The UAA that the API uses, and the data that users need to log in. */
export interface UaaConnection {
  readonly tokens: TokenCheck;
  readonly users: Uaa['accounts']['users'];
  readonly clients: Uaa['accounts']['clients'];
  /** Absolute path of the file that contains `caPem`. */
  readonly caCert: string;
  /** CA certificates of the API and of this UAA. */
  readonly caPem: string;
  /** Undefined for an external UAA. */
  readonly respond?: ListeningServer['respond'];
}

const apiClientId = 'pks_client';
const defaultApiClientSecret = 'pks_client-secret';

/** Starts the built-in UAA. @throws {Error} if its port cannot be used. */
export async function startBuiltInUaa(
  { now, log, certificates, storageFor, closeables }: SharedServices,
  settings: UaaSettings,
): Promise<UaaConnection> {
  const { uaaPort = 8443, uaaBehaviour, uaaHostNames } = settings;
  const { tokenSeconds, updateSeconds, rotateRefresh } = settings;
  let uaa: Uaa | undefined;
  const server = await listen({
    port: uaaPort,
    portFlag: '--uaa-port',
    certificate: certificates,
    now,
    createHandler: async (origin) => {
      // Created after the server listens, because the issuer contains the port.
      uaa = await createUaa({
        issuer: origin,
        now,
        storage: storageFor('uaa'),
        behaviour: uaaBehaviour,
        hostNames: uaaHostNames,
        tokenSeconds,
        updateSeconds,
        rotateRefresh,
      });
      return uaa.handle;
    },
    onResponse: log.createRecorder('uaa'),
  });
  const { ca: caPem, caPath: caCert } = certificates;
  const http = createHttpClient(server.origin, caPem);
  closeables.push(server, http);
  if (!uaa) throw new Error('The UAA did not start');
  const { accounts, pksClientSecret: clientSecret } = uaa;
  const tokens = { uaa: http, clientId: apiClientId, clientSecret };
  return { tokens, ...accounts, caCert, caPem, respond: server.respond };
}

/**
 * Connects to an external UAA, which must have a client `pks_client` with the authority
 * `uaa.resource`. `users` and `clients` are empty, because its accounts are unknown.
 *
 * @throws {Error} if the address is not a URL, if the CA file cannot be read, or if `pks_client` cannot
 *   check tokens at the UAA.
 */
export async function connectExternalUaa(
  { certificates, closeables }: SharedServices,
  url: string,
  { uaaCa, pksClientSecret: clientSecret = defaultApiClientSecret }: UaaSettings,
): Promise<UaaConnection> {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error(`--uaa must be a URL such as https://uaa.example.com:8443, not ${url}`);
  }
  const uaaCaPem = uaaCa === undefined ? undefined : readPem(uaaCa);
  const http = createHttpClient(url.replace(/\/+$/, ''), uaaCaPem);
  closeables.push(http);
  const tokens = { uaa: http, clientId: apiClientId, clientSecret };
  await checkApiClient(tokens);
  return { tokens, users: [], clients: [], ...createCaBundle(certificates, uaaCaPem) };
}

/** Without this check, the sandbox would start, and each request to the API would fail. */
async function checkApiClient(tokens: TokenCheck): Promise<void> {
  const url = tokens.uaa.baseUrl;
  const { status } = await sendTokenCheck('no-token', tokens).catch((error: unknown) => {
    const reason = describeError(error);
    const message = `Cannot connect to --uaa ${url}: ${reason}`;
    throw /certificate/i.test(reason)
      ? new AdvisedError(
          message,
          `check the address and the CA certificate of the UAA: tpks sandbox --uaa ${url} --uaa-ca FILE`,
          'untrusted',
        )
      : new AdvisedError(message, 'start the UAA, or correct the URL', 'unavailable');
  });
  // 400 means that the client is allowed to check tokens, and that "no-token" is not a token.
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
): Pick<UaaConnection, 'caCert' | 'caPem'> {
  if (uaaCaPem === undefined) return { caCert: caPath, caPem: ca };
  const caPem = `${ca.trimEnd()}\n${uaaCaPem.trimEnd()}\n`;
  const caCert = join(dirname(caPath), 'ca-bundle.pem');
  writeFileSync(caCert, caPem, { mode: 0o600 });
  return { caCert, caPem };
}
