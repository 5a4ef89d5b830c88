import { Broker } from '../../../src/sandbox/broker/broker.js';
import type { HttpClient, HttpRequest, HttpResponse } from '../../../src/sandbox/http-client.js';
import { parseJson } from '../../../src/sandbox/json.js';
import { createApi, type ApiOptions } from '../../../src/sandbox/pks/api.js';
import { releases, type ReleaseName } from '../../../src/sandbox/pks-releases.js';
import type { SandboxResponse } from '../../../src/sandbox/router.js';
import { createMemoryStorage, type Storage } from '../../../src/sandbox/storage.js';

/** The claims that the fake UAA returns for each token. */
const claims: Readonly<Record<string, object>> = {
  alana: { user_name: 'alana', client_id: 'pks_cli', scope: ['openid', 'pks.clusters.admin'] },
  cody: { user_name: 'cody', client_id: 'pks_cli', scope: ['pks.clusters.manage'] },
  naomi: { user_name: 'naomi', client_id: 'pks_cli', scope: ['pks.clusters.admin.read'] },
  erin: { user_name: 'erin', client_id: 'pks_cli', scope: ['pks.clusters.manage'] },
  dana: { user_name: 'dana', client_id: 'pks_cli', scope: ['openid'] },
  admin: { client_id: 'admin', scope: ['pks.clusters.admin'] },
  // A client whose id equals the name of a user who owns clusters.
  codyTheClient: { client_id: 'cody', scope: ['pks.clusters.manage'] },
  // A user who logged in through a client with the name of an owner.
  evan: { user_name: 'evan', client_id: 'cody', scope: ['pks.clusters.manage'] },
};

export interface ApiResponse extends SandboxResponse {
  /** The parsed body; undefined if it is not JSON. */
  readonly json: unknown;
}

export interface InstallationOptions extends Partial<ApiOptions> {
  readonly pksVersion?: ReleaseName;
  readonly provisionSeconds?: number;
  readonly storage?: Storage;
  /** Responds instead of the fake UAA. */
  readonly respondAsUaa?: (request: HttpRequest) => HttpResponse;
}

/** A PKS API that is called without a network. Its clock only advances with `passSeconds`. */
export interface Installation {
  /** Sends a request with the token of a user, which is the user's name. A text is sent unchanged. */
  readonly send: (
    user: string,
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<ApiResponse>;
  /** Sends a GET request with this Authorization header. */
  readonly get: (path: string, authorization?: string) => Promise<ApiResponse>;
  readonly passSeconds: (seconds: number) => void;
  /** The requests to the UAA. */
  readonly uaaRequests: readonly HttpRequest[];
}

export function createInstallation(options: InstallationOptions = {}): Installation {
  const { pksVersion = '1.7', provisionSeconds = 10, storage = createMemoryStorage() } = options;
  const { respondAsUaa = checkToken, ...overrides } = options;
  let time = Date.UTC(2026, 0, 1);
  const now = () => time;
  const release = releases[pksVersion];
  const uaaRequests: HttpRequest[] = [];
  const uaa: HttpClient = {
    baseUrl: 'https://uaa.example.com',
    async send(request) {
      uaaRequests.push(request);
      return respondAsUaa(request);
    },
    close: () => Promise.resolve(),
  };
  const handle = createApi({
    tokenCheck: { uaa, clientId: 'pks_client', clientSecret: 'the secret' },
    broker: new Broker({ now, release, provisionSeconds, storage }),
    binds: noBinds,
    now,
    release,
    ...overrides,
  });
  const respond = async (
    method: string,
    url: string,
    authorization: string | undefined,
    body: unknown = '',
  ): Promise<ApiResponse> => {
    const { pathname: path, searchParams: query } = new URL(url, 'https://localhost');
    const response = await handle({
      method,
      path,
      query,
      origin: 'https://localhost',
      headers: { authorization },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { ...response, json: parseJson(response.body) };
  };
  return {
    send: (user, method, path, body) => respond(method, `/v1/${path}`, `Bearer ${user}`, body),
    get: (path, authorization) => respond('GET', path, authorization),
    passSeconds: (seconds) => void (time += seconds * 1000),
    uaaRequests,
  };
}

function checkToken({ body = '' }: HttpRequest): HttpResponse {
  const known = claims[new URLSearchParams(body).get('token') ?? ''];
  if (known) return { status: 200, body: JSON.stringify(known) };
  const error = { error: 'invalid_token', error_description: 'Token has expired' };
  return { status: 400, body: JSON.stringify(error) };
}

const noBinds = {
  clusters: { getEndpoint: () => Promise.reject(new Error('no cluster')) },
} as Partial<ApiOptions['binds']> as ApiOptions['binds'];

/** Returns the status and the message of an error response. */
export function errorOf({ status, json }: ApiResponse): [status: number, message: unknown] {
  return [status, (json as { readonly body?: unknown } | undefined)?.body];
}

/** Returns the names in a list. */
export function namesIn({ json }: ApiResponse): string[] {
  return (json as { name: string }[]).map(({ name }) => name);
}
