import { readFileSync } from 'node:fs';
import { withStatusErrors } from '../../src/api/client/api-error.js';
import { explainUaaFailure } from '../../src/api/uaa/uaa-api.js';
import { systemClock } from '../../src/base/clock.js';
import { Secret } from '../../src/base/secret.js';
import { createGrants, type Grants } from '../../src/domain/auth/grants.js';
import type { Token } from '../../src/domain/auth/token.js';
import { withBearer } from '../../src/platform/http/bearer.js';
import { createHttpsSend } from '../../src/platform/http/https-send.js';
import type { Send } from '../../src/platform/http/send.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { plain, type Plain } from '../support/checks/plain-tokens.js';
import { rawRequest, type RawRequest, type RawResponse } from '../support/servers/raw-request.js';
import { startPreparedSandbox } from '../support/servers/sandbox.js';

/** A UAA with the accounts that exist both in the sandbox and on the real server. */
export interface ContractServer {
  /** The UAA release, or the release that the sandbox imitates; some responses differ. */
  readonly release: Release;
  readonly uaa: string;
  /** PEM. */
  readonly caCert: string;
  /** Sends without authentication and without status errors. */
  readonly send: Send;
  /** @param clientSecret - `undefined` for a public client. */
  readonly grants: (clientId: string, clientSecret: string | undefined) => PlainGrants;
  /** Sends with this token; throws if the response is an error. */
  readonly signed: (accessToken: string) => Send;
  readonly adminToken: () => Promise<string>;
  /** Sends a request without using the code of tpks. @param path - e.g. `/check_token` */
  readonly raw: (path: string, request?: Omit<RawRequest, 'url' | 'ca'>) => Promise<RawResponse>;
  /** Sends to the sandbox without the network; `undefined` for the real server. */
  readonly respond?: Sandbox['respondAsUaa'];
  /** Secret of the client `pks_client`, which may check tokens. */
  readonly pksClientSecret: string;
  /** A server (possibly this one) with a client that gets tokens for a few seconds. */
  readonly shortLived: () => Promise<ContractServer & ShortLived>;
  readonly stop: () => Promise<void>;
}

interface ShortLived {
  readonly clientId: string;
  readonly tokenSeconds: number;
  readonly refreshSeconds: number;
  /** Waits, or advances the clock of the sandbox. */
  readonly letTimePass: (seconds: number) => Promise<void>;
}

export type Release = '4.30' | '74.5' | '77';

/** Number of characters of a passcode or an authorization code. */
export function codeLength({ release }: Pick<ContractServer, 'release'>): number {
  return release === '77' ? 32 : 10;
}

type ServerRow = [name: string, start: () => Promise<ContractServer>];

const {
  TPKS_CONTRACT_UAA: realUaa = '',
  TPKS_CONTRACT_UAA_CA: realCa = '',
  TPKS_CONTRACT_RELEASE: realRelease = '4.30',
} = process.env;

/** The real server, if one is running. `npm test` runs the same tests with the sandbox. */
const realServers: ServerRow[] =
  realUaa === '' ? [] : [['the real UAA', () => Promise.resolve(realServer(realUaa, realCa))]];

/** All UAAs that must behave in the same way, as rows for `describe.each`. */
export const servers: ServerRow[] =
  realServers.length > 0
    ? realServers
    : [
        ['the sandbox', () => sandboxServer({ uaaBehaviour: '4.30' })],
        ['the sandbox as UAA 74.5', () => sandboxServer({ uaaBehaviour: '74.5' })],
        ['the sandbox as UAA 77', () => sandboxServer({ uaaBehaviour: '77' })],
      ];

/**
 * Without the sandbox as UAA 74.5, which differs from 4.30 only in encoded client credentials, the
 * revocation of tokens, the strength of passwords, and secrets that users change.
 */
export const mainServers = servers.filter(([name]) => !name.endsWith(' as UAA 74.5'));

/** The servers of release 77, for tests of what earlier releases lack. Empty for a real 4.30.0. */
export const servers77: ServerRow[] =
  realServers.length > 0 && realRelease !== '77'
    ? []
    : servers.filter(([name]) => realServers.length > 0 || name.endsWith(' as UAA 77'));

/** One server, for tests that do not depend on the release. */
export const distinctServers = servers.slice(0, 1);

/**
 * The servers with responses that are compared with recordings: the sandbox as both releases, or the
 * real server for the release that it has.
 */
export const recordedServers: (readonly [...ServerRow, release: Release])[] =
  realServers.length > 0
    ? realServers.map((row) => [...row, realRelease as Release] as const)
    : (['77', '4.30'] as const).map(
        (release) =>
          ['the sandbox', () => sandboxServer({ uaaBehaviour: release }), release] as const,
      );

async function sandboxServer(options: {
  uaaBehaviour: Release;
  tokenSeconds?: number;
  refreshSeconds?: number;
  now?: () => number;
}): Promise<ContractServer> {
  const { uaa, caCert, pksClientSecret, respondAsUaa, close } = await startPreparedSandbox(options);
  return {
    ...connect({ uaa, caCert: readFileSync(caCert, 'utf8'), pksClientSecret }),
    respond: respondAsUaa,
    release: options.uaaBehaviour,
    shortLived: async () => {
      const lifetimes = { tokenSeconds: 2, refreshSeconds: 60 };
      let ahead = 0;
      const now = () => Date.now() + ahead;
      const letTimePass = async (seconds: number): Promise<void> => {
        ahead += seconds * 1000;
      };
      const short = await sandboxServer({ ...options, ...lifetimes, now });
      return { ...short, ...lifetimes, letTimePass, clientId: 'pks_cli' };
    },
    stop: close,
  };
}

/** The real UAA is shared by all suites, so `stop` does not stop it. */
function realServer(uaa: string, caPath: string): ContractServer {
  const pksClientSecret = 'pks_client-secret';
  const server = {
    ...connect({ uaa, caCert: readFileSync(caPath, 'utf8'), pksClientSecret }),
    release: realRelease as Release,
  };
  const stop = () => Promise.resolve();
  // Must match `accounts.mjs`.
  const short = {
    ...{ clientId: 'short_lived', tokenSeconds: 2, refreshSeconds: 8 },
    letTimePass: (seconds: number) => systemClock.sleep(seconds * 1000),
  };
  const shortLived = () => Promise.resolve({ ...server, shortLived, stop, ...short });
  return { ...server, shortLived, stop };
}

interface Address {
  readonly uaa: string;
  /** PEM. */
  readonly caCert: string;
  readonly pksClientSecret: string;
}

function connect({
  uaa,
  caCert,
  pksClientSecret,
}: Address): Omit<ContractServer, 'release' | 'shortLived' | 'stop'> {
  const send = createHttpsSend({
    caCert,
    skipTlsVerification: false,
    timeoutSeconds: 30,
    systemRoots: () => [],
  });
  const grants = (clientId: string, clientSecret: string | undefined): PlainGrants =>
    withPlainTokens(
      createGrants({
        send,
        uaa,
        clientId,
        clientSecret: clientSecret === undefined ? undefined : new Secret(clientSecret),
        clock: systemClock,
      }),
    );
  return {
    uaa,
    caCert,
    pksClientSecret,
    send,
    grants,
    signed: (token) =>
      withStatusErrors(
        withBearer(send, {
          hosts: [uaa],
          getAccessToken: () => Promise.resolve(new Secret(token)),
          loginCommand: '',
        }),
        explainUaaFailure({ identity: 'cody', clientId: 'pks_cli', grant: 'password' }),
      ),
    adminToken: async () => (await grants('admin', 'adminsecret').clientCredentials()).accessToken,
    raw: (path, request = {}) => rawRequest({ ...request, url: `${uaa}${path}`, ca: caCert }),
  };
}

/** The grants of a client, with tokens as plain strings. */
export type PlainGrants = {
  readonly [Name in keyof Grants]: (...args: Parameters<Grants[Name]>) => Promise<Plain<Token>>;
};

function withPlainTokens(grants: Grants): PlainGrants {
  return {
    password: async (input) => plain(await grants.password(input)),
    passcode: async (input) => plain(await grants.passcode(input)),
    clientCredentials: async (input) => plain(await grants.clientCredentials(input)),
    authorizationCode: async (input) => plain(await grants.authorizationCode(input)),
    jwtBearer: async (input) => plain(await grants.jwtBearer(input)),
    refresh: async (token, input) => plain(await grants.refresh(token, input)),
  };
}

/** Appends a random suffix, so that no other run uses the name. */
export function unique(stem: string): string {
  return `${stem}-${Math.random().toString(36).slice(2, 10)}`;
}
