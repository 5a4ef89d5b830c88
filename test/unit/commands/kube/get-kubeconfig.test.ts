import { describe, expect, test } from '@jest/globals';
import type { TpksError } from '../../../../src/base/errors.js';
import { getKubeconfig } from '../../../../src/commands/kube/get-kubeconfig.js';
import { aTokenBind, fakeSessions, storedSession } from '../../domain/kube/access-sample.js';
import { defaultFlags, kubeCommand, type KubeCommandOptions } from './kube-command.js';

async function run(
  flags: Partial<Parameters<typeof getKubeconfig>[1]> = {},
  options: KubeCommandOptions = {},
) {
  const command = kubeCommand(options);
  const allFlags = { ...defaultFlags, api: 'api.example.com', ...flags };
  const error = await getKubeconfig('dev-1', allFlags, command.deps).catch(
    (thrown: unknown) => thrown as TpksError,
  );
  return { ...command, error };
}

const cody = { username: 'cody', password: 'pass-word' };

describe('get-kubeconfig', () => {
  test('names the context if another installation keeps its entry', async () => {
    const contextNames = ['dev-1@api.example.com'];
    const { terminal } = await run(cody, { contextNames });
    expect(terminal.lines.at(-1)).toBe('$kubectl config use-context dev-1@api.example.com');
  });

  test('logs in to the API and to the cluster with one password', async () => {
    const { requests, bindRequests, sessions, terminal } = await run(
      { username: 'cody' },
      { answers: { 'Password: ': 'pass-word' } },
    );
    expect(requests.map(({ recipient }) => recipient)).toEqual(['api', 'cluster']);
    expect(bindRequests).toEqual(['find dev-1 cody']);
    expect(sessions.saved).toMatchObject([{ name: 'cody@api.example.com', store: 'file' }]);
    expect(terminal.prompts).toEqual(['Password: ']);
  });

  test('warns that the password on the command line is visible', async () => {
    const { terminal } = await run(cody, { env: { PKS_USER_PASSWORD: 'other' } });
    expect(terminal.warnings).toEqual([
      'the value of --password is visible to other users of this machine; use PKS_USER_PASSWORD or TKGI_USER_PASSWORD instead',
    ]);
  });

  test('does not log in to the cluster without OpenID Connect', async () => {
    const { requests } = await run(cody, { binds: { 'dev-1': aTokenBind() } });
    expect(requests.map(({ recipient }) => recipient)).toEqual(['api']);
  });

  test('uses a stored session of the same user', async () => {
    const { requests, sessions } = await run(cody, { sessions: fakeSessions([storedSession]) });
    expect(requests.map(({ recipient }) => recipient)).toEqual(['api']);
    expect(sessions.added).toEqual(['cody@api.example.com dev-1']);
  });

  test('needs a second one-time code for the cluster', async () => {
    const { requests, terminal } = await run(
      { ssoPasscode: 'code-1' },
      { answers: { 'Passcode: ': 'code-2' } },
    );
    const codes = requests.map(({ grant }) => grant.kind === 'passcode' && grant.passcode.reveal());
    expect(codes).toEqual(['code-1', 'code-2']);
    expect(terminal.notes[0]).toMatch(/works only once/);
  });

  test('rejects a user other than the one who logged in', async () => {
    const { error, bindRequests } = await run({ username: 'alana', ssoPasscode: 'code-1' });
    expect(error).toMatchObject({ kind: 'usage', message: 'cody has logged in, not alana' });
    expect(bindRequests).toEqual([]);
  });
});
