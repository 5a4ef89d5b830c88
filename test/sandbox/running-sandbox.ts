import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.js';
import { ensureCertificates, type Certificates } from '../../src/sandbox/tls.js';
import { rawRequest, type RawRequest, type RawResponse } from '../support/servers/raw-request.js';

export type { RawResponse };

/** One line of the request log of a sandbox. */
export interface LogLine {
  readonly server: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly grant: string | null;
  readonly client: string | null;
  readonly ms: number;
}

export interface RunningSandbox extends Sandbox {
  /** @param path - relative to the URL of the API. */
  readonly send: (path: string, request?: Omit<RawRequest, 'url' | 'ca'>) => Promise<RawResponse>;
  /** @param path - relative to the URL of the UAA. */
  readonly sendToUaa: (
    path: string,
    request?: Omit<RawRequest, 'url' | 'ca'>,
  ) => Promise<RawResponse>;
  /** @returns the response to a password grant of `pks_cli`. */
  readonly login: (name: string) => Promise<RawResponse>;
  readonly fetchToken: (name: string) => Promise<string>;
  readonly fetchAdminToken: () => Promise<string>;
}

/** Starts a sandbox on free ports and closes it after the tests of the file. */
export async function runSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const sandbox = await startSandbox({ apiPort: 0, uaaPort: 0, ...options });
  addCleanup(sandbox.close);
  return withClient(sandbox);
}

function withClient(sandbox: Sandbox): RunningSandbox {
  const { api, uaa, caPem: ca } = sandbox;
  const sendToUaa: RunningSandbox['sendToUaa'] = (path, request = {}) =>
    rawRequest({ ...request, url: `${uaa}${path}`, ca });
  const grant = (form: Record<string, string>) => sendToUaa('/oauth/token', { form });
  const login = (name: string) =>
    grant({
      grant_type: 'password',
      client_id: 'pks_cli',
      client_secret: '',
      username: name,
      password: `${name}-password`,
    });
  return {
    ...sandbox,
    send: (path, request = {}) => rawRequest({ ...request, url: `${api}${path}`, ca }),
    sendToUaa,
    login,
    fetchToken: async (name) => readToken(await login(name)),
    fetchAdminToken: async () =>
      readToken(
        await grant({
          grant_type: 'client_credentials',
          client_id: 'admin',
          client_secret: 'adminsecret',
        }),
      ),
  };
}

function readToken(response: RawResponse): string {
  const token = response.json()['access_token'];
  if (typeof token !== 'string') throw new Error(`no token: ${response.text}`);
  return token;
}

/** Creates a folder and deletes it after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tpks-test-'));
  addCleanup(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

let certificates: Promise<Certificates> | undefined;

/** Creates a folder with the certificates of a sandbox, which are created once for each file. */
export async function folderWithCertificates(): Promise<string> {
  const { caPath } = await (certificates ??= ensureCertificates(temporaryFolder()));
  const folder = temporaryFolder();
  cpSync(dirname(caPath), folder, { recursive: true });
  return folder;
}

export function readLog(path: string): LogLine[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LogLine);
}

const cleanups: (() => void | Promise<void>)[] = [];

// Jest does not accept new hooks once a test runs, so one hook runs all cleanups.
afterAll(async () => {
  // Sandboxes are closed before their folders are deleted.
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

/** Runs a function after the tests of the file. */
export function addCleanup(cleanUp: () => void | Promise<void>): void {
  cleanups.push(cleanUp);
}
