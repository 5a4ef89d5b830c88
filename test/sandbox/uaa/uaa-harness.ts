import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { isObject, parseJson } from '../../../src/sandbox/json.js';
import type { SandboxResponse } from '../../../src/sandbox/router.js';
import { createMemoryStorage, type Storage } from '../../../src/sandbox/storage.js';
import { createUaa, type Uaa, type UaaOptions } from '../../../src/sandbox/uaa/uaa.js';

export const issuer = 'https://uaa.example.com:8443';

/** Thu Mar 14 2019 23:34:23 UTC. */
const start = Date.UTC(2019, 2, 14, 23, 34, 23);

/** A UAA whose clock only advances when a test calls `passSeconds`, and functions to call it. */
export interface Harness {
  readonly uaa: Uaa;
  readonly call: (method: string, target: string, options?: Call) => Promise<HarnessResponse>;
  /** Posts a form; `headers` can contain an Authorization header for the client. */
  readonly form: (
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<HarnessResponse>;
  /** Requests tokens for a user with the password grant of pks_cli. */
  readonly login: (
    name: string,
    fields?: Readonly<Record<string, string>>,
  ) => Promise<HarnessResponse>;
  /** @returns an access token from the client credentials grant; `admin` is the default client. */
  readonly clientToken: (id?: string, secret?: string) => Promise<string>;
  readonly passSeconds: (seconds: number) => void;
}

export interface Call {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** An access token for the Authorization header. */
  readonly token?: string;
  /** Sent as JSON. */
  readonly json?: unknown;
}

export interface HarnessResponse extends SandboxResponse {
  /** The body, if it is a JSON object. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly parsed: unknown;
}

export const asPksCli = { client_id: 'pks_cli', client_secret: '' };

let signingKey: JsonWebKey | undefined;

/** Stores one key for all tests of a file, because the creation of a key takes long. */
function withSigningKey(storage: Storage): Storage {
  const seed = () => {
    signingKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      format: 'jwk',
    });
    return [signingKey];
  };
  storage.collection<JsonWebKey>({ name: 'signing-key', key: () => 'current', seed });
  return storage;
}

export async function createHarness({
  storage = createMemoryStorage(),
  ...options
}: Partial<UaaOptions> = {}): Promise<Harness> {
  let now = start;
  const uaa = await createUaa({
    issuer,
    now: () => now,
    storage: withSigningKey(storage),
    ...options,
  });

  async function call(
    method: string,
    target: string,
    options: Call = {},
  ): Promise<HarnessResponse> {
    const url = new URL(target, issuer);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
    if (options.json !== undefined) headers['content-type'] = 'application/json';
    const response = await uaa.handle({
      method,
      path: url.pathname,
      query: url.searchParams,
      headers: { ...headers, ...options.headers },
      body: options.json === undefined ? (options.body ?? '') : JSON.stringify(options.json),
      origin: issuer,
    });
    const parsed = parseJson(response.body);
    return { ...response, parsed, json: isObject(parsed) ? parsed : {} };
  }

  const form: Harness['form'] = (path, fields, headers = {}) =>
    call('POST', path, {
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    });

  return {
    uaa,
    call,
    form,
    login: (name, fields = {}) =>
      form('/oauth/token', {
        ...asPksCli,
        grant_type: 'password',
        username: name,
        password: `${name}-password`,
        ...fields,
      }),
    async clientToken(id = 'admin', secret = 'adminsecret') {
      const fields = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
      const response = await form('/oauth/token', fields);
      return String(response.json['access_token']);
    },
    passSeconds: (seconds) => void (now += seconds * 1000),
  };
}

/** @returns the claims of a JWT, without verifying its signature. */
export function claimsOf(jwt: unknown): Readonly<Record<string, unknown>> {
  const parsed = parseJson(
    Buffer.from(String(jwt).split('.')[1] ?? '', 'base64url').toString('utf8'),
  );
  return isObject(parsed) ? parsed : {};
}
