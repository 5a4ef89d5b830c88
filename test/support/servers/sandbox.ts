import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox, SandboxOptions } from '../../../src/sandbox/sandbox.js';
import type { TestUser } from '../program/cli.js';
import type { TpksResult } from '../program/headless.js';
import { loadBundled, sandboxTemplate } from '../program/load-bundled.js';
import { rawRequest } from './raw-request.js';

/** A request in the log of the sandbox. */
interface LoggedRequest {
  readonly server: 'uaa' | 'api' | 'kubernetes';
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly grant: string | null;
  readonly client: string | null;
}

/** A running sandbox that logs the requests it receives. */
export interface TestSandbox {
  readonly api: string;
  readonly uaa: string;
  /** Path of the CA file. */
  readonly caCert: string;
  /** The CA as PEM. */
  readonly caPem: string;
  /** Options of `tpks login` for this sandbox: `-a API --uaa-url UAA --ca-cert FILE`. */
  readonly loginOptions: readonly string[];
  /**
   * Returns the requests to the UAA and the API since the last `clearRequests`, e.g.
   * `uaa POST /oauth/token`. Requests of the API and the clusters to the UAA
   * are omitted.
   */
  readonly requests: () => readonly string[];
  /** Returns the requests to the Kubernetes APIs of the clusters in the same form. */
  readonly clusterRequests: () => readonly string[];
  /** Returns the log entries of requests to the UAA and the API. */
  readonly loggedRequests: () => readonly LoggedRequest[];
  /** Returns the requests since the last `clearRequests` that use a refresh token. */
  readonly refreshRequests: () => readonly LoggedRequest[];
  /** Makes `requests` and `refreshRequests` ignore the requests so far. */
  readonly clearRequests: () => void;
  /**
   * Runs `tpks login` as one of the users of the sandbox, with the file store.
   * @param words - additional options.
   * @param env - additional environment variables.
   * @throws Error if the login fails.
   */
  readonly login: (
    testUser: TestUser,
    user: string,
    words?: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<TpksResult>;
  /** Gets a one-time passcode of a user from the UAA, as a browser would. */
  readonly passcode: (user: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

/**
 * Starts a sandbox on free ports. The certificates and the signing key are the same for all tests, because creating
 * them takes most of the time.
 * @param dir - for the sandbox's files; `close` deletes it.
 */
export async function startPreparedSandbox(
  options: SandboxOptions,
  dir = mkdtempSync(join(tmpdir(), 'tpks-sandbox-')),
): Promise<Sandbox> {
  const { startSandbox } = await loadBundled();
  cpSync(sandboxTemplate, dir, { recursive: true });
  const sandbox = await startSandbox({ apiPort: 0, uaaPort: 0, dir, ...options });
  const close = async (): Promise<void> => {
    await sandbox.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return { ...sandbox, close };
}

/** Starts a sandbox on free ports, with its files in a temporary folder. */
export async function startTestSandbox(options: SandboxOptions = {}): Promise<TestSandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'tpks-sandbox-'));
  const log = join(folder, 'requests.jsonl');
  const sandbox = await startPreparedSandbox({ log, ...options }, folder);
  const { api, uaa, caCert, caPem, close } = sandbox;
  let forgotten = 0;
  const all = (): LoggedRequest[] =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LoggedRequest);
  const target = ['-a', api, '--uaa-url', uaa, '--ca-cert', caCert];
  const format = ({ server, method, path }: LoggedRequest) => `${server} ${method} ${path}`;
  const since = () =>
    all()
      .slice(forgotten)
      .filter(
        ({ server, path, client }) =>
          (server === 'uaa' || server === 'api') &&
          // Requests of the API and of the clusters.
          path !== '/check_token' &&
          client !== 'pks_client',
      );
  return {
    api,
    uaa,
    caCert,
    caPem,
    loginOptions: target,
    requests: () => since().map(format),
    clusterRequests: () =>
      all()
        .slice(forgotten)
        .filter(({ server }) => server === 'kubernetes')
        .map(format),
    loggedRequests: since,
    refreshRequests: () => since().filter(({ grant }) => grant === 'refresh_token'),
    clearRequests: () => (forgotten = all().length),
    login: createLogin(target),
    passcode: (user) => passcode({ uaa, ca: caPem }, user),
    close,
  };
}

/** Creates the function `login` for servers with these options of `tpks login`. */
export function createLogin(target: readonly string[]): TestSandbox['login'] {
  return async (testUser, user, words = [], env = {}) => {
    const flags = ['-u', user, '--password-stdin', '--store', 'file', ...words];
    const stdin = `${user}-password\n`;
    const result = await testUser.tpks(['login', ...target, ...flags], { stdin, env });
    if (result.code !== 0) throw new Error(`${user} cannot log in: ${result.stderr}`);
    return result;
  };
}

async function passcode(
  { uaa, ca }: { readonly uaa: string; readonly ca: string },
  user: string,
): Promise<string> {
  const jar = new Map<string, string>();
  const visit = async (path: string, form?: Record<string, string>, accept = 'text/html') => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await rawRequest({
      url: `${uaa}${path}`,
      ca,
      headers: { accept, cookie },
      ...(form === undefined ? {} : { form }),
    });
    for (const [, name = '', value = ''] of (answer.headers['set-cookie'] ?? '').matchAll(
      /(?:^|, )([\w-]+)=([^;,]*)/g,
    )) {
      if (/^(JSESSIONID|X-Uaa-Csrf)$/i.test(name)) jar.set(name, value);
    }
    return answer;
  };
  const page = await visit('/login');
  const csrf = /name="X-Uaa-Csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  await visit('/login.do', {
    username: user,
    password: `${user}-password`,
    'X-Uaa-Csrf': csrf,
  });
  const { text } = await visit('/passcode', undefined, 'application/json');
  const code: unknown = JSON.parse(text);
  if (typeof code !== 'string') throw new Error(`No passcode: ${text}`);
  return code;
}
