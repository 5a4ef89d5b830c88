import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { getCredentials } from '../../../../src/commands/kube/get-credentials.js';
import { aUserContext } from '../../../support/fixtures/contexts-and-clusters.js';
import { aBind, aTokenBind, installation } from '../../domain/kube/access-sample.js';
import { defaultFlags, kubeCommand, type KubeCommandOptions } from './kube-command.js';

type Flags = Partial<Parameters<typeof getCredentials>[1]>;

async function run(
  names: readonly string[],
  flags: Flags = {},
  options: KubeCommandOptions = { answers: { 'Password: ': 'pass-word' } },
) {
  const command = kubeCommand(options);
  const error = await getCredentials(names, { ...defaultFlags, ...flags }, command.deps).catch(
    (thrown: unknown) => thrown as TpksError,
  );
  return { ...command, error };
}

/** The password of the first token request. */
function passwordOf({ requests }: Awaited<ReturnType<typeof run>>): string | undefined {
  const [request] = requests;
  return request?.grant.kind === 'password' ? request.grant.password.reveal() : undefined;
}

describe('get-credentials', () => {
  test('prompts once for several clusters, and switches to the first one', async () => {
    const { terminal, merged, bindRequests } = await run(['dev-2', 'dev-1', 'dev-2']);
    expect(terminal.prompts).toHaveLength(1);
    expect(bindRequests).toEqual(['create dev-2', 'create dev-1']);
    expect(merged).toMatchObject([
      { entries: [{ contextName: 'dev-2' }, { contextName: 'dev-1' }], currentContext: 'dev-2' },
    ]);
  });

  test('keeps the current context with --no-switch', async () => {
    const { merged } = await run(['dev-1'], { switch: false });
    expect(merged).toMatchObject([{ currentContext: undefined }]);
  });

  test('warns about an entry of another cluster and a file that others can read', async () => {
    const { terminal } = await run(
      ['dev-1'],
      {},
      {
        answers: { 'Password: ': 'pass-word' },
        replaced: [{ contextName: 'dev-1', oldServer: 'https://old:8443' }],
        readableFiles: ['/k'],
      },
    );
    expect(terminal.warnings).toEqual([
      'the kubeconfig entry dev-1 pointed to https://old:8443; to keep entries for both servers, use --context-name NAME',
      "/k contains a token, and other users can read it: chmod 600 '/k'",
    ]);
  });

  test('names the context if another installation keeps its entry', async () => {
    const options = {
      answers: { 'Password: ': 'pass-word' },
      contextNames: ['dev-1@api.example.com'],
    };
    const { terminal } = await run(['dev-1'], {}, options);
    expect(terminal.notes).toEqual([
      'The kubeconfig context of cluster dev-1 is named dev-1@api.example.com, because dev-1 belongs to another installation',
    ]);
    expect(terminal.json.at(-1)).toMatchObject({
      currentContext: 'dev-1@api.example.com',
      clusters: [{ cluster: 'dev-1', context: 'dev-1@api.example.com' }],
    });
  });

  test('warns that a token is not renewed', async () => {
    const { terminal } = await run(['dev-1'], { kubeconfigFormat: 'token' });
    expect(terminal.warnings).toEqual([
      expect.stringMatching(/expires at 2026-11-25T10:10:00Z \(in .*\) and is not renewed/),
    ]);
  });

  test('prints only the kubeconfig to stdout with --print', async () => {
    const { terminal, merged } = await run(['dev-1'], { print: true });
    expect(terminal.lines).toEqual(['{"entries":["dev-1"],"currentContext":"dev-1"}\n']);
    expect(terminal.notes).toEqual(['Fetching credentials for cluster dev-1.']);
    expect(merged).toEqual([]);
  });

  test('prints the lines of the original to stderr with JSON output', async () => {
    const options = { answers: { 'Password: ': 'pass-word' }, wantsJson: true };
    const { terminal } = await run(['dev-1'], {}, options);
    expect(terminal.notes).toContain('Fetching credentials for cluster dev-1.');
    expect(terminal.json).toEqual([
      {
        kubeconfig: '/k',
        currentContext: 'dev-1',
        clusters: [
          {
            cluster: 'dev-1',
            context: 'dev-1',
            server: 'https://dev-1.example.com:8443',
            user: 'cody@api.example.com',
            format: 'exec',
            namespace: null,
            expiresAt: null,
          },
        ],
        failures: [],
      },
    ]);
  });

  test.each<[string, string[], Flags]>([
    ['no cluster', [], {}],
    ['a name and --all', ['dev-1'], { all: true }],
    ['two names and --context-name', ['dev-1', 'dev-2'], { contextName: 'x' }],
    ['--all and --server', [], { all: true, server: '10.0.0.1' }],
  ])('sends nothing with %s', async (_name, names, flags) => {
    const { error, bindRequests } = await run(names, flags);
    expect(error).toMatchObject({ kind: 'usage', hint: expect.any(String) });
    expect(bindRequests).toEqual([]);
  });
});

describe('get-credentials with several clusters', () => {
  const binds = {
    'dev-1': aBind(),
    'dev-2': new TpksError('forbidden', 'denied', { status: 403, hint: 'ask the owner' }),
    'dev-3': aTokenBind({ cluster: 'dev-3' }),
  };
  const answers = { 'Password: ': 'pass-word' };

  test('adds the others if one fails, and fails at the end', async () => {
    const { error, merged, terminal } = await run(
      ['dev-2', 'nope', 'dev-1'],
      {},
      { binds, answers },
    );
    expect(merged).toMatchObject([
      { entries: [{ contextName: 'dev-1' }], currentContext: 'dev-1' },
    ]);
    expect(terminal.notes).toEqual(['dev-2: denied', 'nope: Cluster nope not found']);
    expect(error).toMatchObject({
      kind: 'forbidden',
      message: 'Cannot get credentials for 2 of 3 clusters: dev-2, nope',
      hint: 'ask the owner',
    });
  });

  test('--all adds all clusters and keeps the current context', async () => {
    const { error, merged } = await run([], { all: true }, { binds, answers });
    expect(error).toMatchObject({ kind: 'forbidden' });
    expect(merged).toMatchObject([
      {
        entries: [{ contextName: 'dev-1' }, { contextName: 'dev-3' }],
        currentContext: undefined,
      },
    ]);
  });

  test('--all succeeds without clusters', async () => {
    const { error, terminal, merged } = await run(
      [],
      { all: true },
      { binds: {}, wantsJson: true },
    );
    expect(error).toBeUndefined();
    expect(terminal.notes).toEqual(['No clusters found']);
    expect(terminal.json).toMatchObject([{ kubeconfig: '/k', clusters: [] }]);
    expect(merged).toEqual([]);
  });

  test('stops at an error that affects all clusters', async () => {
    const endedSession = new TpksError('unauthenticated', 'ended', { hint: '' });
    const { error, merged } = await run(
      ['dev-1', 'dev-2'],
      {},
      { binds: { ...binds, 'dev-2': endedSession }, answers },
    );
    expect(error).toBe(endedSession);
    expect(merged).toEqual([]);
  });
});

describe('the credentials of get-credentials', () => {
  const password = { TPKS_PASSWORD: 'from-tpks' };

  test.each([
    ['PKS_USER_PASSWORD', { PKS_USER_PASSWORD: 'from-pks', TKGI_USER_PASSWORD: 'x', ...password }],
    ['TKGI_USER_PASSWORD', { TKGI_USER_PASSWORD: 'from-pks', ...password }],
  ])('are in %s, which is reported as in the original CLI', async (name, env) => {
    const result = await run(['dev-1'], {}, { env, stdin: 'piped\n' });
    expect(passwordOf(result)).toBe('from-pks');
    expect(result.terminal.lines.slice(0, 3)).toEqual([
      '',
      'Fetching credentials for cluster dev-1.',
      `${name} is set. Reading password from ${name}`,
    ]);
  });

  test('are then in TPKS_PASSWORD, then in a piped line', async () => {
    const fromVariable = await run(['dev-1'], {}, { env: password, stdin: 'piped\n' });
    expect(passwordOf(fromVariable)).toBe('from-tpks');
    expect(passwordOf(await run(['dev-1'], {}, { stdin: 'piped\nmore\n' }))).toBe('piped');
  });

  test('are not in TPKS_PASSWORD if it is meant for another user', async () => {
    const env = { ...password, TPKS_USERNAME: 'alana' };
    const { error, requests } = await run(['dev-1'], {}, { env });
    expect(error).toMatchObject({ kind: 'usage' });
    expect(requests).toEqual([]);
  });

  test('are a one-time code if the context was logged in with one', async () => {
    const context = aUserContext({ grant: 'passcode', caCert: installation.caCert });
    const { requests } = await run(['dev-1'], {}, { context, answers: { 'Passcode: ': 'code-1' } });
    expect(requests).toMatchObject([{ grant: { kind: 'passcode' } }]);
  });

  test('continue with a one-time code if the browser cannot be redirected to this machine', async () => {
    const loginError = new TpksError('failed', 'no redirect', {
      oauthError: 'redirect_uri_mismatch',
      hint: '',
    });
    const answers = { 'Passcode: ': 'code-1' };
    const { requests, terminal } = await run(['dev-1'], { ssoAuto: true }, { loginError, answers });
    expect(requests.map(({ grant }) => grant.kind)).toEqual(['authorization_code', 'passcode']);
    expect(terminal.notes).toContain('no redirect. Continuing with a one-time code.');
  });
});
