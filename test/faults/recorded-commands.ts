import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpsSend } from '../../src/platform/http/https-send.js';
import type { HttpRequest, Send } from '../../src/platform/http/send.js';
import { startSandbox } from '../../src/sandbox/sandbox.js';
import { visitingBrowser } from '../support/browser/visiting-browser.js';
import { toResponse } from '../support/fakes/fake-send.js';
import { virtualClock } from '../support/fakes/virtual-clock.js';
import { clientKey, publicClientKey } from '../support/fixtures/client-key.js';
import { jwt } from '../support/fixtures/jwt.js';
import { credsFile } from '../support/fixtures/old-cli-files.js';
import { runHeadless, type HeadlessResult } from '../support/program/headless.js';

/** A request of a command, and the sandbox's response to it. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A command that sends requests, with the responses that it received. */
export interface RecordedCommand {
  /** The command without arguments, e.g. `uaa user add`. */
  readonly name: string;
  readonly exchanges: readonly Exchange[];
  /** Runs it again, in its own home directory. */
  readonly run: (send: Send) => Promise<HeadlessResult>;
}

export interface Recordings {
  readonly commands: readonly RecordedCommand[];
  readonly remove: () => void;
}

/** Identity of a command: a user or client from the environment, or the user of a stored session. */
type Identity = 'alana' | 'operator' | 'ci' | 'session' | 'anonymous';

/** Commands that send no requests. */
export const offlineCommands = [
  ...['contexts', 'context show', 'context use', 'context rename'],
  ...['completion install', 'completion bash', 'completion zsh', 'completion fish'],
  ...['completion powershell', 'help', 'sandbox', 'uaa context', 'uaa contexts', 'uaa targets'],
  ...['uaa token delete', 'uaa version'],
];

/** Commands that send requests but are not recorded, with the reason. */
export const unrecordedCommands: Readonly<Record<string, string>> = {
  doctor:
    'its connections are not recorded, and it reports every damaged response as a failed check',
  expiry: 'its connections are not recorded, and its only request is that of `clusters`',
  'uaa token implicit get':
    'the browser gets the token in a URL fragment; the only request is the same as the first one of ' +
    '`uaa token authcode get`',
  'uaa client jwt rotate':
    'it writes a new file in each run, and its only request is the same as that of `uaa client jwt add`',
  'uaa trust test':
    'needs an ID token that the UAA accepts; its other requests are those of `uaa trust show`',
};

interface Row {
  readonly name: string;
  readonly words?: readonly string[];
  readonly as: Identity;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Response for this path, if the sandbox cannot return it. */
  readonly canned?: { readonly path: string; readonly body: unknown };
  /** Parameters of the browser's redirect, for commands that wait for a browser. */
  readonly browser?: Readonly<Record<string, string>>;
  /** Runs the command an hour later, when the stored tokens have expired. */
  readonly isLater?: boolean;
}

/** Runs every command that sends requests once against a sandbox, and records the responses. */
export async function recordCommands(): Promise<Recordings> {
  const folder = mkdtempSync(join(tmpdir(), 'tpks-recordings-'));
  const sandbox = await startSandbox({
    apiPort: 0,
    uaaPort: 0,
    provisionSeconds: 0,
    uaaBehaviour: '77',
  });
  const network = createHttpsSend({
    caCert: sandbox.caPem,
    skipTlsVerification: false,
    timeoutSeconds: 30,
    systemRoots: () => [],
  });
  const clock = ({ isLater = false }: Pick<Row, 'isLater'>) =>
    virtualClock(new Date(Date.now() + (isLater ? 3_600_000 : 0)).toISOString());
  const sessionHome = join(folder, 'session');
  const homeOf = (home: string) => ({
    HOME: folder,
    TPKS_HOME: home,
    KUBECONFIG: join(home, 'kubeconfig'),
  });
  // The sandbox deletes its own file before the commands run with damaged responses.
  const caCert = join(folder, 'ca.pem');
  writeFileSync(caCert, sandbox.caPem);
  const addresses = { ...sandbox, caCert };
  let runs = 0;

  const execute = async (row: Row, send: Send): Promise<HeadlessResult> => {
    runs += 1;
    const home = join(folder, String(runs));
    if (row.as === 'session') cpSync(sessionHome, home, { recursive: true });
    const browser = row.browser === undefined ? undefined : visitingBrowser(row.browser);
    try {
      return await runHeadless(
        [...row.name.split(' '), ...(row.words ?? []), ...(browser ? [] : ['--non-interactive'])],
        {
          env: { ...homeOf(home), ...environment(row.as, sandbox), ...row.env },
          // With virtual time, the browser timeout would expire before the browser responds.
          ...(browser === undefined ? { clock: clock(row) } : {}),
          send,
          ...(row.stdin === undefined ? {} : { stdin: row.stdin }),
          ...(browser === undefined ? {} : { onStderr: browser.onStderr }),
        },
      );
    } finally {
      await browser?.page()?.catch(() => undefined);
      rmSync(home, { recursive: true, force: true });
    }
  };

  try {
    const prepare = async (words: readonly string[]): Promise<string> => {
      const env = { ...homeOf(sessionHome), PKS_USER_PASSWORD: 'cody-password' };
      const { code, stdout, stderr } = await runHeadless([...words], { env, send: network });
      if (code !== 0) throw new Error(`${words.join(' ')} failed: ${stderr}`);
      return stdout.trim();
    };
    await prepare(loginWords(addresses));
    await prepare(['create-cluster', 'own-1', '-e', 'own-1.example.com', '-p', 'small', '--wait']);
    await prepare(['get-credentials', 'dev-1', 'own-1']);
    const accessToken = await prepare(['token']);
    const commands: RecordedCommand[] = [];
    const problems: string[] = [];
    const writeFile = (name: string, text: string): string => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    };
    for (const row of createRows(addresses, accessToken, writeFile)) {
      const exchanges: Exchange[] = [];
      const { code, stdout, stderr } = await execute(
        row,
        recording(withCanned(network, row), exchanges),
      );
      if (code !== 0) problems.push(`${row.name} exits ${String(code)}: ${stdout}${stderr}`);
      commands.push({ name: row.name, exchanges, run: (send) => execute(row, send) });
    }
    if (problems.length > 0) throw new Error(problems.join('\n'));
    return {
      commands,
      remove: () => {
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } finally {
    await sandbox.close();
  }
}

type Addresses = Pick<Awaited<ReturnType<typeof startSandbox>>, 'api' | 'uaa' | 'caPem' | 'caCert'>;

function environment(as: Identity, { api, uaa, caPem }: Addresses): Record<string, string> {
  const addresses = { TPKS_API: api, TPKS_UAA_URL: uaa, TPKS_CA_CERT: caPem };
  switch (as) {
    case 'alana':
      return { ...addresses, TPKS_USERNAME: 'alana', TPKS_PASSWORD: 'alana-password' };
    case 'operator':
      return { ...addresses, TPKS_CLIENT_NAME: 'operator', TPKS_CLIENT_SECRET: 'operator-secret' };
    case 'ci':
      return { ...addresses, TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET: 'ci-secret' };
    case 'session':
    case 'anonymous':
      return {};
  }
}

function loginWords({ api, uaa, caCert }: Addresses): string[] {
  const target = ['-a', api, '--uaa-url', uaa, '--ca-cert', caCert];
  return ['login', ...target, '-u', 'cody', '-p', 'cody-password', '--store', 'file'];
}

function withCanned(send: Send, { canned }: Row): Send {
  return async (request) =>
    canned !== undefined && new URL(request.url).pathname.endsWith(canned.path)
      ? toResponse({ body: canned.body })
      : send(request);
}

function recording(send: Send, exchanges: Exchange[]): Send {
  return async (request) => {
    const response = await send(request);
    const body = Buffer.from(await response.text());
    const { method, url } = request;
    exchanges.push({ method, url, status: response.status, headers: response.headers, body });
    return toResponse({ ...response, body });
  };
}

/** Returns the next matching exchange, else the last one, else one with another query. */
export function createReplay(exchanges: readonly Exchange[]): (request: HttpRequest) => Exchange {
  const remaining = [...exchanges];
  return ({ method, url }) => {
    const matches = (each: Exchange) => each.method === method && each.url === url;
    const index = remaining.findIndex(matches);
    if (index !== -1) return remaining.splice(index, 1)[0]!;
    const last = exchanges.findLast(matches);
    const { pathname } = new URL(url);
    return (
      last ??
      exchanges.find(
        (each) => each.method === method && new URL(each.url).pathname === pathname,
      ) ?? { method, url, status: 404, headers: {}, body: Buffer.from('{"error":"not_found"}') }
    );
  };
}

/** The commands that send requests, without arguments. */
export function recordedNames(): string[] {
  const addresses = { api: '', uaa: '', caPem: '', caCert: '' };
  return createRows(addresses, '', (name) => name).map(({ name }) => name);
}

/**
 * All runs; later ones depend on earlier ones.
 * @param file - writes a file and returns its path.
 */
function createRows(
  addresses: Addresses,
  accessToken: string,
  file: (name: string, text: string) => string,
): Row[] {
  const json = (name: string, value: unknown) => file(name, JSON.stringify(value));
  const row =
    (as: Identity) =>
    (name: string, words: readonly string[] = [], more: Partial<Row> = {}): Row => ({
      name,
      as,
      words,
      ...more,
    });
  const [alana, operator, ci, session, anonymous] = [
    row('alana'),
    row('operator'),
    row('ci'),
    row('session'),
    row('anonymous'),
  ];
  const [, ...login] = loginWords(addresses);
  const uaaTarget = { TPKS_UAA_URL: addresses.uaa, TPKS_CA_CERT: addresses.caPem };
  const admin = {
    ...uaaTarget,
    TPKS_API: addresses.api,
    TPKS_CLIENT_NAME: 'admin',
    TPKS_CLIENT_SECRET: 'adminsecret',
  };
  const authorities = [
    ...['uaa.admin', 'uaa.resource', 'clients.admin', 'clients.secret', 'clients.read'],
    ...['clients.write', 'scim.read', 'scim.write', 'scim.userids', 'password.write', 'idps.read'],
    ...['zones.read', 'tokens.list', 'tokens.revoke', 'pks.clusters.admin'],
  ];
  const credentials = ['--authorized_grant_types', 'client_credentials'];
  const claims = { user_id: 'an-id', user_name: 'cody', origin: 'uaa', client_id: 'pks_cli' };
  const tokenResponse = {
    path: '/oauth/token',
    body: {
      token_type: 'bearer',
      access_token: jwt({ ...claims, scope: ['openid'], iat: 1, exp: 601 }),
      expires_in: 600,
      scope: 'openid',
    },
  };
  const access = file(
    'access.yml',
    [
      'groups:',
      '  developers:',
      '    description: Developers',
      '    members: [cody]',
      '    external: [{origin: ldap, name: "cn=dev"}]',
      'users:',
      '  fay:',
      '    emails: [fay@example.com]',
      '    password_from: env:FAY_PASSWORD',
      'clients:',
      '  robot:',
      '    authorized_grant_types: [client_credentials]',
      '    authorities: [uaa.resource]',
      '    secret_from: env:ROBOT_SECRET',
      '',
    ].join('\n'),
  );
  const clusterPassword = { env: { PKS_USER_PASSWORD: 'cody-password' } };
  const secrets = { env: { FAY_PASSWORD: 'fay-password', ROBOT_SECRET: 'robot-secret' } };
  const creds = file(
    'creds.yml',
    credsFile({ api: addresses.api, caCert: addresses.caPem, username: 'cody', accessToken }),
  );
  const profileFiles = {
    network: json('np.json', { name: 'np', parameters: { lb_size: 'small' } }),
    compute: json('cp.json', {
      name: 'cp',
      parameters: { azs: [{ name: 'z1', cpi: 'abc', cloud_properties: {} }] },
    }),
    kubernetes: json('kp.json', {
      name: 'kp',
      customizations: [{ component: 'kubelet', arguments: { 'max-pods': '99' } }],
    }),
  };
  return [
    anonymous(
      'uaa client add',
      ['operator', ...credentials, '-s', 'operator-secret', '--authorities', authorities.join(',')],
      { env: admin },
    ),
    anonymous('login', login),
    anonymous('import', [creds, '--store', 'file']),
    session('status'),
    session('status', ['--json']),
    session('token'),
    session('token', ['--min-ttl', '599s']),
    session('clusters', ['--all-contexts']),
    session('curl', ['/v1/clusters']),
    session('uaa token get', ['cody', 'cody-password', '--store', 'file']),
    session('uaa token refresh', ['--context', 'cody@localhost']),
    operator('uaa token list'),
    session('uaa token decode', ['--context', 'cody@localhost']),
    operator('uaa token revoke', ['--user', 'dana']),
    operator('uaa client update', [
      'pks_cli',
      '--scope',
      'openid,password.write,pks.clusters.admin,pks.clusters.manage',
    ]),
    session('uaa me'),
    alana('uaa password change', ['-o', 'naomi-password', '-p', 'naomi-password2'], {
      env: { TPKS_USERNAME: 'naomi', TPKS_PASSWORD: 'naomi-password' },
    }),
    session('context delete', ['cody@localhost']),
    session('get-credentials', ['dev-1']),
    session('get-credentials', ['--all', '--kubeconfig-format', 'oidc'], clusterPassword),
    session('each', ['--', '/bin/sh', '-c', 'true'], clusterPassword),
    session('kube-credential', [], { isLater: true }),
    session('token', ['--audience', 'kubernetes'], { isLater: true }),
    session('delete-cluster', ['own-1', '--prune-kubeconfig']),
    session('kubeconfig list'),
    session('kubeconfig remove', ['--stale']),
    session('logout'),

    alana('clusters'),
    alana('clusters', ['--json']),
    alana('clusters', ['-o', 'yaml']),
    alana('cluster', ['dev-1', '--details']),
    alana('create-cluster', ['n1', '-e', 'n1.example.com', '-p', 'small']),
    alana('create-cluster', ['n2', '-e', 'n2.example.com', '-p', 'small', '--wait']),
    alana('update-cluster', ['n1', '--tags', 'a:b']),
    alana('resize', ['n1', '--num-nodes', '2']),
    alana('upgrade-cluster', ['n1']),
    alana('upgrade-clusters', ['--clusters', 'n1,n2', '--wait']),
    alana('wait', ['n1']),
    alana('delete-cluster', ['n1']),
    alana('delete-cluster', ['n2', '--wait']),
    anonymous('get-kubeconfig', [
      'dev-1',
      ...login.slice(0, -2),
      '--kubeconfig-format',
      'exec',
      '--store',
      'file',
    ]),
    alana('plans'),
    alana('tasks'),
    alana('task', ['d772aba0-2670-4fba-b26c-044b19d6ab60']),
    alana('cancel-task', ['d772aba0-2670-4fba-b26c-044b19d6ab60']),
    alana('network-profiles'),
    alana('create-network-profile', [profileFiles.network]),
    alana('network-profile', ['np']),
    alana('delete-network-profile', ['np']),
    alana('create-compute-profile', [profileFiles.compute]),
    alana('compute-profiles'),
    alana('compute-profile', ['cp']),
    alana('delete-compute-profile', ['cp']),
    alana('create-kubernetes-profile', [profileFiles.kubernetes]),
    alana('kubernetes-profiles'),
    alana('kubernetes-profile', ['kp']),
    alana('delete-kubernetes-profile', ['kp']),
    alana('create-quota', ['erin', '--cpu', '4', '--memory', '5.5', '--clusters', '10']),
    alana('quotas'),
    alana('quota', ['erin']),
    alana('update-quota', ['erin', '--memory', '96']),
    alana('delete-quota', ['erin']),
    alana('usages'),
    alana('usage', ['cody']),

    operator('uaa info'),
    operator('uaa prompts'),
    operator('uaa signing key'),
    operator('uaa target', [addresses.uaa, '--ca-cert', addresses.caCert]),
    operator('access'),
    operator('access', ['alana', '-o', 'json']),
    operator('access', ['--findings', '--try-empty-secrets']),
    operator('uaa users'),
    operator('uaa users', ['--json']),
    operator('uaa users', ['-a', 'userName', '-a', 'emails']),
    operator('uaa user add', ['erin', '--emails', 'erin@example.com', '-p', 'erin-password']),
    operator('uaa user get', ['erin']),
    operator('uaa user update', ['erin', '--given_name', 'Erin']),
    operator('uaa user deactivate', ['erin']),
    operator('uaa user activate', ['erin']),
    operator('uaa user unlock', ['erin']),
    operator('uaa user ids', ['alana', 'erin']),
    operator('uaa password set', ['erin', '-p', 'erin-password2']),
    operator('uaa password strength', ['correct-horse'], {
      canned: { path: '/password/score', body: { score: 8, requiredScore: 5 } },
    }),
    operator('uaa groups'),
    operator('uaa group add', ['testers']),
    operator('uaa group get', ['testers']),
    operator('uaa group map', ['--name', 'testers', 'cn=testers']),
    operator('uaa group mappings'),
    operator('uaa group unmap', ['testers', 'cn=testers']),
    operator('uaa member add', ['testers', 'erin', 'cody']),
    operator('uaa members', ['testers']),
    operator('uaa member delete', ['testers', 'erin', 'cody']),
    operator('uaa group delete', ['testers']),
    operator('uaa user delete', ['erin']),
    operator('uaa clients'),
    operator('uaa client add', [
      'ci',
      ...credentials,
      '--authorities',
      'clients.secret,uaa.resource',
      '-s',
      'ci-secret',
    ]),
    operator('uaa client get', ['ci']),
    operator('uaa client update', ['ci', '--access_token_validity', '1200']),
    operator('uaa client jwt add', ['ci', '--jwks', publicClientKey]),
    anonymous('token', [], {
      env: {
        ...uaaTarget,
        TPKS_API: addresses.api,
        TPKS_CLIENT_NAME: 'ci',
        TPKS_CLIENT_KEY: clientKey,
      },
    }),
    operator('uaa client jwt update', ['ci', '--jwks_uri', 'https://ci.example.com/keys2']),
    operator('uaa client jwt delete', ['ci', '--jwks_uri', 'https://ci.example.com/keys2']),
    operator('uaa secret add', ['ci', '-s', 'ci-secret2']),
    operator('uaa secret delete', ['ci']),
    operator('uaa secret set', ['ci', '-s', 'ci-secret']),
    ci('uaa secret change', ['--old_secret', 'ci-secret', '-s', 'ci-secret']),
    operator('uaa client delete', ['ci']),
    operator('uaa idps'),
    operator('uaa idp get', ['uaa']),
    operator('uaa trust add', ['app', '--github', 'octo/app', '--ref', 'main', '--yes']),
    operator('uaa trust list'),
    operator('uaa trust show', ['app']),
    operator('uaa trust remove', ['app']),
    operator('uaa zones'),
    operator('uaa curl', ['/Users']),
    operator('uaa export'),
    operator('uaa plan', ['-f', access], secrets),
    operator('uaa apply', ['-f', access, '--yes'], secrets),
    anonymous('uaa token client get', ['operator', '-s', 'operator-secret', '--store', 'file'], {
      env: uaaTarget,
    }),
    anonymous(
      'uaa token authcode get',
      ['-c', 'pks_cli', '-s', '', '--no-browser', '--store', 'file'],
      {
        env: uaaTarget,
        browser: { code: 'a-code' },
        canned: tokenResponse,
      },
    ),
    anonymous(
      'uaa token sso get',
      ['pks_cli', '-s', '', '--passcode', 'a-passcode', '--store', 'file'],
      {
        env: uaaTarget,
        canned: tokenResponse,
      },
    ),
    anonymous(
      'uaa token owner get',
      ['pks_cli', 'alana', '-s', '', '-p', 'alana-password', '--store', 'file'],
      { env: uaaTarget },
    ),
  ];
}
