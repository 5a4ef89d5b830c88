import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type SandboxOptions } from '../../src/sandbox/sandbox.js';
import type { TestUser } from './cli.js';
import type { TpksResult } from './headless.js';
import { rawRequest } from './raw-request.js';

/** One request, as the sandbox's log tells it. */
export interface LoggedRequest {
  readonly server: 'uaa' | 'api' | 'broker';
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly grant: string | null;
  readonly client: string | null;
}

/** An installation that counts what it is asked. */
export interface TestSandbox {
  readonly api: string;
  readonly uaa: string;
  /** Path of its CA. */
  readonly caCert: string;
  readonly caPem: string;
  /** `-a API --uaa-url UAA --ca-cert FILE`, for `tpks login`. */
  readonly target: readonly string[];
  /**
   * What clients asked of UAA and API since the last `forget`, e.g. `uaa POST /oauth/token`; what
   * the API asks itself is left out.
   */
  readonly asked: () => readonly string[];
  /** The refreshes among them. */
  readonly refreshes: () => readonly LoggedRequest[];
  readonly forget: () => void;
  /**
   * Logs somebody in as one of the sandbox's users, into the file store.
   * @param words - more flags.
   */
  readonly login: (
    person: TestUser,
    user: string,
    words?: readonly string[],
  ) => Promise<TpksResult>;
  /** A one-time code, as somebody gets it with a browser. */
  readonly passcode: (user: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

export async function startTestSandbox(options: SandboxOptions = {}): Promise<TestSandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'tpks-sandbox-'));
  const log = join(folder, 'requests.jsonl');
  const sandbox = await startSandbox({ apiPort: 0, uaaPort: 0, dir: folder, log, ...options });
  const { api, uaa, caCert, caPem, close } = sandbox;
  let forgotten = 0;
  const all = (): LoggedRequest[] =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LoggedRequest);
  const target = ['-a', api, '--uaa-url', uaa, '--ca-cert', caCert];
  const since = () =>
    all()
      .slice(forgotten)
      .filter(({ server, path }) => server !== 'broker' && path !== '/check_token');
  return {
    api,
    uaa,
    caCert,
    caPem,
    target,
    asked: () => since().map(({ server, method, path }) => `${server} ${method} ${path}`),
    refreshes: () => since().filter(({ grant }) => grant === 'refresh_token'),
    forget: () => (forgotten = all().length),
    login: async (person, user, words = []) => {
      const flags = ['-u', user, '--password-stdin', '--store', 'file', ...words];
      const stdin = `${user}-password\n`;
      const result = await person.tpks(['login', ...target, ...flags], { stdin });
      if (result.code !== 0) throw new Error(`${user} cannot log in: ${result.stderr}`);
      return result;
    },
    passcode: (user) => passcode({ uaa, ca: caPem }, user),
    close: async () => {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
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
